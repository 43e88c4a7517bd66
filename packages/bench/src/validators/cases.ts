import { type AnyEvent, contracts, type EventContract, type JsonSchema } from '@clickstream/events';
import { createRandom, type Random } from '../random.ts';
import { brokenCopy, validValue } from './values.ts';

/** One thing that is measured: one validator on valid or on invalid values. */
export interface Case {
  /** `click reader valid` */
  readonly name: string;
  readonly type: AnyEvent['event_type'];
  readonly side: 'reader' | 'input';
  readonly valid: boolean;
  readonly schema: JsonSchema;
  /** JSON texts. */
  readonly texts: readonly string[];
}

const VALUES = 256;

/** Every event, as readers and as writers check it, valid and invalid. The same at every call. */
export function validatorCases(): Case[] {
  const all: readonly EventContract<AnyEvent, unknown>[] = Object.values(contracts);
  return all.flatMap(({ type, schema, inputSchema }) =>
    (['reader', 'input'] as const).flatMap((side) => {
      const random = createRandom(`${type} ${side}`);
      const checked = side === 'reader' ? schema : inputSchema;
      return [true, false].map((valid) => ({
        name: `${type} ${side} ${valid ? 'valid' : 'invalid'}`,
        type,
        side,
        valid,
        schema: checked,
        texts: texts(checked, valid, random),
      }));
    }),
  );
}

function texts(schema: JsonSchema, valid: boolean, random: Random): string[] {
  return Array.from({ length: VALUES }, () => {
    const value = validValue(schema, random);
    return JSON.stringify(valid ? value : brokenCopy(schema, value, random));
  });
}
