import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clickSample, pageViewSample, purchaseSample } from './gen/index.ts';
import { contracts } from './gen/registry.ts';
import { parseEvent } from './parse-event.ts';

const known = Object.keys(contracts).join(', ');
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test.each([pageViewSample, clickSample, purchaseSample])('$event_type is read', (event) => {
  expect(parseEvent(encode(event))).toEqual({
    ok: true,
    event,
    originalVersion: event.schema_version,
  });
});

test('the text of a record is read like its bytes', () => {
  for (const text of [
    JSON.stringify(clickSample),
    '{}',
    'hello',
    JSON.stringify({ ...clickSample, user_id: '' }),
  ]) {
    expect(parseEvent(text)).toEqual(parseEvent(new TextEncoder().encode(text)));
  }
});

describe('versions', () => {
  test.each(['1.0.0', '1.0.7', '1.99.0'])(
    '%s of a known major is read with what it adds',
    (version) => {
      const event = { ...clickSample, schema_version: version, added_later: { x: 1 } };
      expect(parseEvent(encode(event))).toEqual({ ok: true, event, originalVersion: version });
    },
  );

  test.each(['0.9.0', '2.0.0', '10.0.0'])('%s is unknown', (version) => {
    expect(parseEvent(encode({ ...clickSample, schema_version: version }))).toEqual({
      ok: false,
      reason: 'unknown_version',
      message: `The click has version "${version}"; known is 1.x.`,
      issues: [],
      eventId: clickSample.event_id,
      eventType: 'click',
    });
  });

  test.each(['1', '1.0', 'v1.0.0', '1.0.0-rc.1', '01.0.0', '', 1, null, undefined, ['2.0.0']])(
    '%j is none, so the event is invalid',
    (version) => {
      const result = parseEvent(encode({ ...clickSample, schema_version: version }));
      expect(result).toMatchObject({
        ok: false,
        reason: 'invalid',
        issues: [{ path: '/schema_version' }],
      });
    },
  );
});

describe('what is no event', () => {
  test.each([
    ['not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'not_json', 'The record is not UTF-8.'],
    [
      'a truncated character',
      Uint8Array.of(0x22, 0xe2, 0x82),
      'not_json',
      'The record is not UTF-8.',
    ],
    ['nothing', new Uint8Array(), 'not_json', 'The record is not JSON.'],
    ['text', new TextEncoder().encode('hello'), 'not_json', 'The record is not JSON.'],
    [
      'half an object',
      new TextEncoder().encode('{"event_type":'),
      'not_json',
      'The record is not JSON.',
    ],
    ['null', encode(null), 'unknown_event', 'The record is null, not an event.'],
    [
      'an array',
      encode([clickSample]),
      'unknown_event',
      'The record is an array of 1 item, not an event.',
    ],
    ['a number', encode(5), 'unknown_event', 'The record is 5, not an event.'],
    ['no type', encode({}), 'unknown_event', `The event_type is nothing; known are ${known}.`],
    [
      'a name of every object',
      encode({ event_type: 'constructor' }),
      'unknown_event',
      `The event_type is "constructor"; known are ${known}.`,
    ],
    [
      'a type that is no string',
      encode({ event_type: ['click'] }),
      'unknown_event',
      `The event_type is an array of 1 item; known are ${known}.`,
    ],
  ])('%s', (_what, data, reason, message) => {
    expect(parseEvent(data)).toMatchObject({ ok: false, reason, message, issues: [] });
  });

  test('the shape of a plain script is invalid, with every reason', () => {
    const result = parseEvent(
      encode({
        event_type: 'purchase',
        user_id: 'u1',
        page: '/home',
        timestamp: 1764000000.123,
        amount: null,
      }),
    );
    expect(result).toMatchObject({ ok: false, reason: 'invalid', eventType: 'purchase' });
    expect(result.ok ? [] : result.issues.map(({ path }) => path)).toEqual([
      '/event_id',
      '/schema_version',
      '/timestamp',
      '/order_id',
      '/amount',
      '/currency',
      '/items',
    ]);
  });

  test('names are repeated only when they are short', () => {
    const result = parseEvent(encode({ event_type: 'x'.repeat(5000), event_id: 'y'.repeat(300) }));
    expect(result).not.toHaveProperty('eventType');
    expect(result).not.toHaveProperty('eventId');
    expect(result.ok ? '' : result.message.length).toBeLessThan(300);
  });

  test('deep nesting does no harm', () => {
    const depth = 200_000;
    const data = new TextEncoder().encode(
      `{"event_type":"click","element_id":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    );
    expect(parseEvent(data)).toMatchObject({ ok: false });
  });
});

test('random bytes never throw and never pass', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
      expect(parseEvent(data).ok).toBe(false);
    }),
  );
});

test('random damage to an event never throws', () => {
  const bytes = encode(purchaseSample);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 }),
      (damage) => {
        const copy = bytes.slice();
        for (const [at, byte] of damage) copy[at] = byte;
        const result = parseEvent(copy);
        expect(result.ok || result.message.length > 0).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
