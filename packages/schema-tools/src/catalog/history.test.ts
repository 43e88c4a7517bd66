import { expect, test } from 'vitest';
import { catalogInput } from '../../test/catalog/events.ts';
import { historyOf } from './history.ts';

const input = catalogInput();
const history = historyOf('order', input);

test('versions of all majors, the latest first, each with what it changed', () => {
  expect(history.map(({ version, state, previous }) => [version, state, previous])).toEqual([
    ['2.0.0', 'working', '1.1.0'],
    ['1.1.0', 'released', '1.0.0'],
    ['1.0.0', 'released', undefined],
  ]);
  const [, second, first] = history;
  expect(second?.changes.map(({ rule, path }) => [rule, path])).toEqual([
    ['property-added-optional', '/properties/discount_code'],
  ]);
  expect(first).toMatchObject({ changes: [], patch: [] });
});

test('what weighs most comes first', () => {
  const bumps = history[0]?.changes.map(({ bump }) => bump) ?? [];
  const order = ['major', 'minor', 'patch'];
  expect(new Set(bumps)).toEqual(new Set(order));
  expect(bumps).toEqual(bumps.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
});

test('a diff has three lines around what has changed', () => {
  const [hunk, ...lines] = history[1]?.patch ?? [];
  expect(hunk).toMatch(/^@@ line 1 → 1 @@$/);
  expect(lines.slice(0, 6).map((line) => line.charAt(0))).toEqual([' ', '-', '+', ' ', ' ', ' ']);
});

test('a schema that differs from its release is told apart from it', () => {
  const edited = input.released.map((each) => ({
    ...each,
    schema: { ...each.schema, description: 'As it was.' },
  }));
  const states = historyOf('order', { ...input, released: edited }).map(
    ({ version, state }) => `${version} ${state}`,
  );
  expect(states).toEqual(['2.0.0 working', '1.1.0 edited', '1.1.0 released', '1.0.0 released']);
});
