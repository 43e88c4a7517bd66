import { expect, test } from 'vitest';
import type { OlderContract } from './contract.ts';
import { click, clickSample } from './gen/index.ts';
import { upcastEvent } from './upcast.ts';

const envelope = ['event_id', 'event_type', 'schema_version', 'user_id', 'session_id', 'timestamp'];

/** A click of an older major with one field of its own, `name`, and whatever upcast. */
function older(version: string, upcast: (old: object) => object): OlderContract {
  return {
    ...click,
    version,
    envelope,
    is: (value): value is object => typeof value === 'object' && value !== null && 'name' in value,
    explain: () => [{ path: '/name', expected: 'a name', received: 'nothing' }],
    upcast,
  };
}

const old = { ...clickSample, schema_version: '0.1.0', name: 'buy' };
const first = older('0.1.0', (event) => ({ ...event, name: 'second' }));
const second = older('0.2.0', ({ name }: { name?: string }) => ({
  element_id: name,
  page: '/',
  user_id: 'somebody else',
}));

test('an event goes through every major, and its envelope stays', () => {
  const { event_id, event_type, user_id, session_id, timestamp } = clickSample;
  expect(upcastEvent(old, [first, second], click)).toEqual({
    event: {
      event_id,
      event_type,
      user_id,
      session_id,
      timestamp,
      schema_version: click.version,
      element_id: 'second',
      page: '/',
    },
  });
});

test('a major in between is checked, before anybody reads it', () => {
  const forgetful = older('0.1.0', () => ({}));
  const never = older('0.2.0', () => {
    throw new Error('was read');
  });
  expect(upcastEvent(old, [forgetful, never], click)).toEqual({
    to: '0.2.0',
    issues: [{ path: '/name', expected: 'a name', received: 'nothing' }],
  });
});

test('the newest major is checked', () => {
  const wrong = older('0.1.0', ({ ...event }) => ({ ...event, element_id: '' }));
  expect(upcastEvent(old, [wrong], click)).toMatchObject({
    to: click.version,
    issues: [{ path: '/element_id' }],
  });
});

test('an upcast cannot take the identity of an event with it', () => {
  const greedy = older('0.1.0', (event) => {
    for (const name of Object.keys(event)) Reflect.deleteProperty(event, name);
    return { element_id: 'x', page: '/' };
  });
  expect(upcastEvent({ ...old }, [greedy], click)).toMatchObject({
    event: { event_id: clickSample.event_id, user_id: clickSample.user_id },
  });
});

test.each([
  [new RangeError('too far'), 'one whose upcast throws RangeError: too far'],
  [null, 'one whose upcast throws null'],
])('an upcast that throws %s makes an issue', (thrown, received) => {
  const throwing = older('0.1.0', () => {
    throw thrown; // oxlint-disable-line typescript/only-throw-error -- anything can be thrown
  });
  expect(upcastEvent(old, [throwing], click)).toEqual({
    to: click.version,
    issues: [{ path: '', expected: `a click that can be upcast to ${click.version}`, received }],
  });
});
