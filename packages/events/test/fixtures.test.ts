import {
  type EventFixtures,
  type Fixtures,
  fixtures,
  inputFixtures,
} from '@clickstream/events/fixtures';
import { describe, expect, test } from 'vitest';
import { contracts, type EventContract } from '../src/index.ts';

const all: readonly EventContract<object, object>[] = Object.values(contracts);
const events: Readonly<Record<string, EventFixtures<object>>> = fixtures;
const inputs: Readonly<Record<string, Fixtures<object>>> = inputFixtures;

const paths = (issues: readonly { readonly path: string }[]) => issues.map(({ path }) => path);

test('there are fixtures of every event, in the version of today', () => {
  const byType = all.toSorted((a, b) => (a.type < b.type ? -1 : 1));
  const versions = byType.map(({ type, version }) => [type, version]);
  expect(Object.values(events).map(({ type, version }) => [type, version])).toEqual(versions);
  expect(Object.keys(inputs)).toEqual(byType.map(({ type }) => type));
});

describe.each(all)('$type', (contract) => {
  const own = events[contract.type];
  const input = inputs[contract.type];

  test('valid ones are valid, as records and as inputs', () => {
    const records = [own, ...(own?.earlier ?? [])].flatMap((version) => version?.valid ?? []);
    expect(records.length).toBeGreaterThanOrEqual(5);
    for (const value of records) {
      expect(contract.explain(value)).toEqual([]);
      expect(contract.is(value)).toBe(true);
    }
    expect(input?.valid).toHaveLength(5);
    for (const value of input?.valid ?? []) {
      expect(contract.explainInput(value)).toEqual([]);
      expect(contract.isInput(value)).toBe(true);
    }
  });

  test('invalid ones are invalid where they say', () => {
    expect(own?.invalid.length).toBeGreaterThan(20);
    for (const { path, value } of own?.invalid ?? []) {
      expect(contract.is(value)).toBe(false);
      expect(paths(contract.explain(value))).toEqual([path]);
    }
    expect(input?.invalid.length).toBeGreaterThan(20);
    for (const { path, value } of input?.invalid ?? []) {
      expect(contract.isInput(value)).toBe(false);
      expect(paths(contract.explainInput(value)).slice(0, 1)).toEqual([path]);
    }
  });
});

test('no two valid events have one id, neither fixtures nor samples', () => {
  const valid = Object.values(events).flatMap((own) =>
    [own, ...own.earlier].flatMap((of) => of.valid),
  );
  const ids = [...valid, ...all.map(({ sample }) => sample)].map((event) =>
    'event_id' in event ? event.event_id : undefined,
  );
  expect(ids).not.toContain(undefined);
  expect(new Set(ids).size).toBe(ids.length);
});
