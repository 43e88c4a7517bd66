import { createValues } from '@clickstream/schema-tools';
import { expect, onTestFailed, test } from 'vitest';
import { contracts, type EventContract, type JsonSchema, olderContracts } from '../src/index.ts';
import { reference } from './reference.ts';

/** For every reader, and as many again for every writer. */
const VALUES = 100_000;
/** An explanation takes as long as many answers. */
const EXPLAINED = 4;
const SEED = process.env['SEED'] ?? String(Date.now());

interface Validator {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly accepts: (value: unknown) => boolean;
  readonly explain: (value: unknown) => readonly unknown[];
}

const all: readonly EventContract<object, object>[] = Object.values(contracts);
const older = Object.values(olderContracts).flat();
const readers = older.map(({ type, version, schema, is, explain }): Validator => {
  return { name: `${type} ${version}`, schema, accepts: is, explain };
});
const validators = all.flatMap((contract): Validator[] => [
  {
    name: contract.type,
    schema: contract.schema,
    accepts: contract.is,
    explain: contract.explain,
  },
  {
    name: `${contract.type} input`,
    schema: contract.inputSchema,
    accepts: contract.isInput,
    explain: contract.explainInput,
  },
]);

test.each([...validators, ...readers])('$name agrees with ajv, whatever the value', (validator) => {
  onTestFailed(() => console.error(`Again with SEED=${SEED} in the environment.`));
  const { name, schema, accepts, explain } = validator;
  const next = createValues(schema, name, SEED);
  const agrees = reference(schema);
  let accepted = 0;
  const disagreements: unknown[] = [];
  for (let index = 0; index < VALUES; index += 1) {
    const value = next();
    const isValid = accepts(value);
    if (isValid) accepted += 1;
    if (agrees(value) !== isValid) disagreements.push({ value, ours: isValid });
    if (index % EXPLAINED !== 0 || (explain(value).length === 0) === isValid) continue;
    disagreements.push({ value, unexplained: isValid });
  }
  expect(disagreements.slice(0, 3)).toEqual([]);
  expect(accepted).toBeGreaterThan(VALUES / 5);
  expect(accepted).toBeLessThan((VALUES * 4) / 5);
});
