import { createValues } from '@clickstream/schema-tools';
import { expect, onTestFailed, test } from 'vitest';
import {
  type AnyEvent,
  contracts,
  type EventContract,
  type JsonSchema,
  olderContracts,
  schemas,
} from '../src/index.ts';
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

const validators = schemas.flatMap(({ type, version, schema, inputSchema }): Validator[] => {
  const older = olderContracts[type]?.find((contract) => contract.version === version);
  if (older !== undefined) {
    return [{ name: `${type} ${version}`, schema, accepts: older.is, explain: older.explain }];
  }
  const contract: EventContract<AnyEvent, unknown> = contracts[type];
  const { is, isInput, explain, explainInput } = contract;
  if (inputSchema === undefined) throw new TypeError(`${type} has no schema for writers.`);
  return [
    { name: type, schema, accepts: is, explain },
    { name: `${type} input`, schema: inputSchema, accepts: isInput, explain: explainInput },
  ];
});

test('nothing that checks values is left out', () => {
  const older = Object.values(olderContracts).flat();
  expect(validators).toHaveLength(2 * Object.keys(contracts).length + older.length);
});

test.each(validators)('$name agrees with ajv, whatever the value', (validator) => {
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
