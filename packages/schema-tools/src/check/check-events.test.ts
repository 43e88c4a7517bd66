import { expect, test } from 'vitest';
import type { EventModel } from '../json-schema.ts';
import { checkEvents } from './check-events.ts';
import { reportEvents } from './report.ts';

const string = { type: 'string', maxLength: 9 };

function search(version: string, fields: Readonly<Record<string, object>>): EventModel {
  const stamp = { type: 'string', pattern: `^${version[0]}\\.` };
  const schema = {
    $id: `https://test.example/search/${version}.json`,
    type: 'object',
    properties: { schema_version: stamp, ...fields },
    required: ['schema_version', ...Object.keys(fields).filter((name) => name !== 'note')],
  };
  return { type: 'search', version, description: 'A search.', schema, inputSchema: schema };
}

const first = search('1.0.0', { query: string });
const released = [{ ...first, file: 'search/1.0.0.json' }];

test('a new major is held against the one before it as that is now, but for its own version', () => {
  const minor = search('1.1.0', { query: string, note: string });
  const major = search('2.0.0', { words: string, note: string });
  const [, verdict] = checkEvents([major, minor], released);
  expect(verdict).toMatchObject({ version: '2.0.0', kind: 'major', compared: [], ok: true });
  expect(verdict?.changes.map(({ rule, path, against }) => [rule, path, against])).toEqual([
    ['property-removed-required', '/properties/query', '1.1.0'],
    ['property-added-required', '/properties/words', '1.1.0'],
  ]);
});

test('a new major whose predecessor is not defined any more is held against its last release', () => {
  const [, verdict] = checkEvents([search('2.0.0', { query: string, note: string })], released);
  expect(verdict?.changes).toMatchObject([{ path: '/properties/note', against: '1.0.0' }]);
});

test('a field that is renamed in place can be renamed in two steps', () => {
  const advice = (...fields: string[]) =>
    reportEvents(
      checkEvents(
        [search('1.1.0', Object.fromEntries(fields.map((name) => [name, string])))],
        released,
      ),
      { problems: [], history: 'whole' },
    );
  expect(advice('words')).toContain(
    'undo what breaks search 1.1.0 (to rename a field, add the new one as optional and deprecate the old one), or leave that as it was and define search 2.0.0 beside it, with an upcast',
  );
  expect(advice('query', 'words')).toContain('undo what breaks search 1.1.0, or leave that');
});
