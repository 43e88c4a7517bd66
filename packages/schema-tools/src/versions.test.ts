import { expect, test } from 'vitest';
import { eventMajors } from './versions.ts';

const version = (type: string, number: string, title = '') => ({
  type,
  version: number,
  schema: { title },
  file: '',
  description: '',
  inputSchema: {},
});

test('versions are grouped by major, in semantic order, and the working schema counts', () => {
  const released = [version('b', '1.10.0'), version('b', '1.9.0'), version('a', '2.0.0', 'old')];
  const models = [version('b', '2.0.0'), version('a', '2.0.0', 'new'), version('a', '1.0.0')];
  const majors = eventMajors(models, released);
  expect(
    majors.map(({ type, major, versions, newest }) => [
      `${type} ${major}`,
      versions.map((one) => one.version).join(' '),
      newest.version,
    ]),
  ).toEqual([
    ['a 1', '1.0.0', '1.0.0'],
    ['a 2', '2.0.0', '2.0.0'],
    ['b 1', '1.9.0 1.10.0', '1.10.0'],
    ['b 2', '2.0.0', '2.0.0'],
  ]);
  expect(majors[1]?.newest.schema).toEqual({ title: 'new' });
});
