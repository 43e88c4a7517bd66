import { expect, test } from 'vitest';
import { envelope, registryOf, search } from '../test/fixtures.ts';
import {
  choice,
  composeEvents,
  constant,
  currency,
  defineRegistry,
  flag,
  list,
  record,
  text,
  timestamp,
} from './index.ts';

const about = { description: 'What it is.' };
const lint = [{ rule: 'pii-marked', reason: 'Legal is asked.', until: '2027-03-01' }];
const name = text({ ...about, examples: ['Ada'], maxLength: 9, pii: 'direct', lint });

test.each([
  ['text', name],
  ['choice', choice(['a', 'b'], { ...about, pii: 'direct', lint })],
  ['flag', flag({ ...about, examples: [true], pii: 'direct', lint })],
  ['currency', currency({ ...about, examples: ['EUR'], pii: 'direct', lint })],
])('a %s says what it tells of a person, and what it is excepted from', (_, field) => {
  expect(field).toMatchObject({ 'x-pii': 'direct', 'x-lint-ignore': lint });
});

test.each([
  ['constant', constant('a', { ...about, lint })],
  ['record', record({ name }, { ...about, title: 'Name', lint })],
  ['list', list(name, { ...about, maxItems: 1, lint })],
])('a %s may be excepted from rules', (_, field) => {
  expect(field).toMatchObject({ 'x-lint-ignore': lint });
  expect(field).not.toHaveProperty('x-pii');
});

test('only what cannot tell of a person says so by itself', () => {
  expect(currency({ ...about, examples: ['EUR'] })).toHaveProperty('x-pii', 'none');
  expect(timestamp({ ...about, examples: ['2026-11-23T10:00:00.000Z'] })).toHaveProperty(
    'x-pii',
    'none',
  );
  expect(text({ ...about, examples: ['a'], maxLength: 9 })).not.toHaveProperty('x-pii');
});

test('exceptions are for lint alone: no schema is published with them', () => {
  const payload = {
    names: list(record({ name }, { ...about, title: 'N', lint }), { ...about, maxItems: 1, lint }),
  };
  const marked = registryOf({ ...search, payload, lint, reserved: ['colour'] });
  const [kept] = composeEvents(marked, { exceptions: true });
  expect(JSON.stringify(kept?.schema).match(/x-lint-ignore/g)).toHaveLength(4);
  const [published] = composeEvents(marked);
  expect(JSON.stringify(published)).not.toContain('x-lint-ignore');

  const plain = text({ ...about, examples: ['Ada'], maxLength: 9, pii: 'direct' });
  const names = list(record({ name: plain }, { ...about, title: 'N' }), { ...about, maxItems: 1 });
  const { baseUri } = marked;
  const events = [{ ...search, payload: { names }, reserved: ['colour'] }];
  expect(composeEvents(defineRegistry({ baseUri, envelope, events }))).toEqual([published]);
  expect(published?.schema).toMatchObject({ 'x-reserved': ['colour'] });
});
