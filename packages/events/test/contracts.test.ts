import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contracts, type EventContract, type JsonSchema, schemas } from '../src/index.ts';
import { mutationsOf } from './mutations.ts';
import { reference } from './reference.ts';

/** Far fewer than in the differential test, but with counterexamples that shrink. */
const RUNS = 1000;

/** What a caller would have passed to get the sample. */
function inputOf(sample: object): object {
  const {
    event_id: _id,
    event_type: _type,
    schema_version: _version,
    ...input
  } = {
    event_id: '',
    event_type: '',
    schema_version: '',
    ...sample,
  };
  return input;
}

const all: readonly EventContract<object, object>[] = Object.values(contracts);

function schemasOf({ type, version }: EventContract<object, object>): {
  readonly schema: JsonSchema;
  readonly inputSchema: JsonSchema;
} {
  const found = schemas.find((each) => each.type === type && each.version === version);
  if (found?.inputSchema === undefined) throw new TypeError(`${type} ${version} has no schemas.`);
  return { schema: found.schema, inputSchema: found.inputSchema };
}

describe.each(all)('$type', (contract) => {
  const input = inputOf(contract.sample);

  test('accepts its sample, and the sample without what the SDK stamps', () => {
    expect(contract.explain(contract.sample)).toEqual([]);
    expect(contract.is(contract.sample)).toBe(true);
    expect(contract.explainInput(input)).toEqual([]);
    expect(contract.isInput(input)).toBe(true);
  });

  test('readers are open and writers are closed', () => {
    expect(contract.is({ ...contract.sample, added_in_1_1: 1 })).toBe(true);
    expect(contract.isInput({ ...input, misspelled: 1 })).toBe(false);
    expect(contract.isInput({ ...input, misspelled: undefined })).toBe(true);
    expect(contract.isInput(contract.sample)).toBe(false);
  });

  test('a writer counts only what JSON.stringify writes', () => {
    expect(contract.isInput(Object.create(input))).toBe(false);
    expect(contract.explainInput(Object.create(input))).not.toEqual([]);
  });

  test('a reader agrees with ajv and with its own explanation', () => {
    const agrees = reference(schemasOf(contract).schema);
    let accepted = 0;
    fc.assert(
      fc.property(mutationsOf(contract.sample), (value) => {
        const is = contract.is(value);
        accepted += is ? 1 : 0;
        expect(agrees(value)).toBe(is);
        expect(contract.explain(value).length === 0).toBe(is);
      }),
      { numRuns: RUNS },
    );
    expect(accepted).toBeGreaterThan(RUNS / 20);
    expect(accepted).toBeLessThan(RUNS - RUNS / 20);
  });

  test('a writer agrees with ajv and with its own explanation', () => {
    const agrees = reference(schemasOf(contract).inputSchema);
    let accepted = 0;
    fc.assert(
      fc.property(mutationsOf(input), (value) => {
        const is = contract.isInput(value);
        accepted += is ? 1 : 0;
        expect(agrees(value)).toBe(is);
        expect(contract.explainInput(value).length === 0).toBe(is);
      }),
      { numRuns: RUNS },
    );
    expect(accepted).toBeGreaterThan(RUNS / 20);
    expect(accepted).toBeLessThan(RUNS - RUNS / 20);
  });

  test('survives every value', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withNullPrototype: true,
          withSparseArray: true,
          withDate: true,
          withMap: true,
        }),
        (value) => {
          expect(contract.explain(value).length === 0).toBe(contract.is(value));
          expect(contract.explainInput(value).length === 0).toBe(contract.isInput(value));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
