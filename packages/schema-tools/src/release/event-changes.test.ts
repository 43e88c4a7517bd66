import { expect, test } from 'vitest';
import { checkEvents } from '../check/check-events.ts';
import type { EventModel, JsonSchema } from '../json-schema.ts';
import { parseReleased } from '../released.ts';
import { fieldOf, findEventChanges, isVersionTooLow, neededVersion } from './event-changes.ts';
import { summaryLines } from './summary.ts';

const NAME = { type: 'string', maxLength: 9, description: 'A name.' };

function schemaOf(type: string, version: string, fields: JsonSchema, required: string[]) {
  const properties = {
    schema_version: { type: 'string', maxLength: 32, examples: [version] },
    ...fields,
  };
  const $id = `https://a.example/${type}/${version}.json`;
  return { $id, title: type, type: 'object', properties, required };
}

function model(type: string, version: string, fields: JsonSchema, required: string[] = []) {
  const schema = schemaOf(type, version, fields, required);
  return { type, version, description: type, schema, inputSchema: schema } as EventModel;
}

function released(type: string, version: string, fields: JsonSchema, required: string[] = []) {
  const text = JSON.stringify(schemaOf(type, version, fields, required));
  return parseReleased(`${type}/${version}.json`, text);
}

const changesOf = (models: EventModel[], ...snapshots: ReturnType<typeof released>[]) =>
  findEventChanges(checkEvents(models, snapshots));

test('what is as it was released is no change', () => {
  const name = { name: NAME };
  expect(changesOf([model('click', '1.0.0', name)], released('click', '1.0.0', name))).toEqual([]);
});

test.each([
  ['documentation', { name: { ...NAME, description: 'Another.' } }, [], 'patch', '1.2.1'],
  ['an optional field', { name: NAME, other: NAME }, [], 'minor', '1.3.0'],
  ['a required field', { name: NAME, other: NAME }, ['other'], 'major', '2.0.0'],
  ['another type', { name: { type: 'integer' } }, [], 'major', '2.0.0'],
  ['a longer bound', { name: { ...NAME, maxLength: 10 } }, [], 'major', '2.0.0'],
] as const)('%s', (_, fields, required, bump, needed) => {
  const old = [released('click', '1.1.0', {}), released('click', '1.2.0', { name: NAME })];
  const [change, ...more] = changesOf([model('click', '1.2.0', fields, [...required])], ...old);
  expect(more).toEqual([]);
  expect(change).toMatchObject({ kind: 'event-changed', released: '1.2.0', bump });
  if (change === undefined) return;
  expect(neededVersion(change)).toBe(needed);
  expect(isVersionTooLow(change)).toBe(true);
  expect(isVersionTooLow({ ...change, version: needed })).toBe(false);
  expect(isVersionTooLow({ ...change, version: '9.0.0' })).toBe(false);
});

test('a raised version alone is a patch of the packages, whatever part was raised', () => {
  const [change] = changesOf([model('click', '1.3.0', {})], released('click', '1.2.0', {}));
  expect(change).toMatchObject({ kind: 'version-raised', bump: 'patch', differences: [] });
  expect(change !== undefined && isVersionTooLow(change)).toBe(false);
});

test('events and majors that come and go', () => {
  const old = [released('click', '1.0.0', {}), released('view', '1.0.0', { name: NAME })];
  const models = [
    model('click', '1.0.0', {}),
    model('click', '2.0.0', {}),
    model('buy', '1.0.0', {}),
  ];
  expect(changesOf(models, ...old)).toMatchObject([
    { type: 'buy', kind: 'event-added', bump: 'minor' },
    { type: 'click', version: '2.0.0', kind: 'major-added', bump: 'major' },
    { type: 'view', kind: 'event-removed', bump: 'major' },
  ]);
  const dropped = changesOf([model('click', '2.0.0', {})], ...old, released('click', '2.0.0', {}));
  expect(dropped).toMatchObject([
    { type: 'click', version: '1.0.0', kind: 'event-removed' },
    { type: 'view', kind: 'event-removed' },
  ]);
});

test('an event that an earlier release removed is not removed again', () => {
  const [now, before] = [[model('click', '1.0.0', {})], [released('view', '1.3.0', {})]];
  const kindsOf = (...retired: string[]) =>
    findEventChanges(checkEvents(now, before, { released: new Set(retired) })).map(
      ({ kind }) => kind,
    );
  expect(kindsOf('view/1.2.0')).toEqual(['event-added', 'event-removed']);
  expect(kindsOf('view/1.3.0')).toEqual(['event-added']);
});

test('a major that is declared as retired is so once, and says why', () => {
  const now = [model('click', '2.0.0', {})];
  const before = [released('click', '1.0.0', {}), released('click', '2.0.0', {})];
  const retired = [{ type: 'click', major: 1, why: 'None is left.' }];
  const changes = findEventChanges(checkEvents(now, before, { retired }));
  expect(changes).toMatchObject([
    { type: 'click', version: '1.0.0', kind: 'major-retired', bump: 'major', why: 'None is left.' },
  ]);
  expect(changes.flatMap(summaryLines)).toEqual([
    '- `click` 1.x is retired: its records are quarantined as `unknown_version`. None is left.',
  ]);
  const known = new Set(['click/1.0.0']);
  expect(findEventChanges(checkEvents(now, before, { retired, released: known }))).toEqual([]);
});

test('a new major names what differs from the last version before it', () => {
  const before = [released('click', '1.0.0', {}), released('click', '1.1.0', { name: NAME })];
  const now = [
    model('click', '1.1.0', { name: NAME }),
    model('click', '2.0.0', { name: { ...NAME, type: 'integer' } }),
  ];
  const [major, ...rest] = findEventChanges(checkEvents(now, before));
  expect(rest).toEqual([]);
  expect(major).toMatchObject({ kind: 'major-added', bump: 'major' });
  expect(major === undefined ? [] : summaryLines(major)).toEqual([
    '- `click` 2.0.0 is a new major of the event; older records are upcast to it.',
    '- `click` 2.0.0: `name`: string → integer.',
  ]);
});

test.each([
  ['', ''],
  ['/required', ''],
  ['/properties/url/maxLength', 'url'],
  ['/properties/items/items/properties/sku', 'items.sku'],
  ['/properties/properties', 'properties'],
  ['/properties/a~1b~0c', 'a/b~c'],
])('the field of %s', (pointer, field) => {
  expect(fieldOf(pointer)).toBe(field);
});
