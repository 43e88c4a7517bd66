import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contracts, type EventContract, type JsonSchema } from '../src/index.ts';
import { mutationsOf } from './mutations.ts';

const RUNS = 4000;

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

/** The same schema under a validator that shares no code with ours. */
function reference(schema: JsonSchema): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false });
  ajv.addFormat('uri', (text) => URL.canParse(text));
  ajv.addFormat('date-time', (text) => {
    const day = text.slice(0, 10);
    const date = new Date(`${day}T00:00:00.000Z`);
    return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
  });
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    validate: (step: number, value: number) => decimalsOf(value) <= decimalsOf(step),
  });
  const validate = ajv.compile(schema);
  return (value) => validate(value);
}

/** Decimals of the shortest form, counted in the text of the number. */
function decimalsOf(value: number): number {
  const [, fraction = '', exponent = '0'] =
    /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}

const all: readonly EventContract<object, object>[] = Object.values(contracts);

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
    const agrees = reference(contract.schema);
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
    const agrees = reference(contract.inputSchema);
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
