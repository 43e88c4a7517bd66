import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffSchemas } from '../src/diff/diff.ts';
import type { JsonSchema } from '../src/index.ts';
import { accepts, writerOf } from './judge.ts';
import { pair, type Random, randomValue } from './random-pairs.ts';

const PAIRS = 12_000;
const VALUES = 8;

/** A value that the writer of one schema sends and the reader of the other refuses. */
function counterexample(
  written: JsonSchema,
  read: JsonSchema,
  random: Random,
): { value: unknown } | undefined {
  const writer = writerOf(written);
  for (let times = 0; times < VALUES; times += 1) {
    const value = randomValue(random, written);
    if (accepts(writer, value) && !accepts(read, value)) return { value };
  }
  return undefined;
}

test('what is called compatible is: no reader refuses what the other side writes', () => {
  const seen = { compatible: 0, incompatible: 0, refuted: 0 };
  fc.assert(
    fc.property(pair, ({ old, now, random }) => {
      const { compatible, changes } = diffSchemas(old, now);
      if (changes.some(({ rule }) => rule === 'unknown-keyword')) return;
      for (const direction of ['backward', 'forward'] as const) {
        const [written, read] = direction === 'backward' ? [old, now] : [now, old];
        const found = counterexample(written, read, random);
        seen[compatible[direction] ? 'compatible' : 'incompatible'] += 1;
        if (!compatible[direction]) {
          if (found !== undefined) seen.refuted += 1;
          continue;
        }
        if (found === undefined) continue;
        throw new Error(
          `${direction}: ${JSON.stringify({ ...found, old, now, changes }, null, 1)}`,
        );
      }
    }),
    { numRuns: PAIRS },
  );
  // The law would hold for a diff that calls nothing compatible, and prove nothing if all were.
  expect(seen.compatible).toBeGreaterThan(PAIRS / 4);
  expect(seen.refuted).toBeGreaterThan(seen.incompatible / 4);
});

test('the judge judges as ajv does', () => {
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    formats: { alpha: /^a/, beta: /^b/ },
  });
  fc.assert(
    fc.property(pair, ({ old, random }) => {
      if (diffSchemas(old, old).changes.some(({ rule }) => rule === 'unknown-keyword')) return;
      const validate = ajv.compile(old);
      for (let times = 0; times < VALUES; times += 1) {
        const value = randomValue(random, old);
        expect({ value, accepted: accepts(old, value) }).toEqual({
          value,
          accepted: validate(value),
        });
      }
    }),
    { numRuns: 300 },
  );
});
