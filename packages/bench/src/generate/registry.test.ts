import { expect, test } from 'vitest';
import { registryFiles } from './registry.ts';

test('as many events as wanted, each with 12 to 40 fields of its own', () => {
  const files = registryFiles(450);
  const events = [...files].filter(([file]) => !file.endsWith('index.ts'));
  expect(events).toHaveLength(450);
  let lists = 0;
  for (const [, source] of events) {
    const own = source.match(/^ {4}(?=\w+: )/gm)?.length ?? 0;
    expect(own).toBeGreaterThanOrEqual(12);
    lists += source.includes('f.list(f.record(') ? 1 : 0;
  }
  expect(lists).toBeGreaterThan(200);
});

test('the same at every call', () => {
  expect(registryFiles(3)).toEqual(registryFiles(3));
});
