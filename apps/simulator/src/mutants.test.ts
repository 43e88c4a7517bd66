import { expect, test } from 'vitest';
import { findMutant, mutants } from './mutants.ts';
import { mutate, readShipped } from './mutate-on-load.ts';

test.each(mutants)('$name: its fragments are in the shipped source, each once', (mutant) => {
  const source = readShipped(mutant);
  expect(mutate(source, mutant)).not.toBe(source);
});

test('a mutant whose fragment is gone, or there twice, says so', () => {
  const mutant = findMutant('float-money');
  const source = readShipped(mutant);
  expect(() => mutate('export {};', mutant)).toThrow(/float-money .*decimal\.ts and finds 0/s);
  expect(() => mutate(source + source, mutant)).toThrow('finds 2');
});

test('names are unique, and an unknown one is answered with the known ones', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(() => findMutant('nothing')).toThrow(/no mutant nothing; there are .*float-money/);
});
