import {
  type AnyEvent,
  contracts,
  type EventContract,
  type JsonSchema,
  schemas,
} from '@clickstream/events';
import { createRandom, type Random } from '../random.ts';
import { brokenCopy, type Checked, validValue } from './values.ts';

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
  return schemas.flatMap(({ type, schema, inputSchema }) => {
    if (inputSchema === undefined) return []; // an older major
    const contract: EventContract<AnyEvent, unknown> = contracts[type];
    return (['reader', 'input'] as const).flatMap((side) => {
      const random = createRandom(`${type} ${side}`);
      const checked =
        side === 'reader'
          ? { schema, accepts: contract.is }
          : { schema: inputSchema, accepts: contract.isInput };
      return [true, false].map((valid) => ({
        name: `${type} ${side} ${valid ? 'valid' : 'invalid'}`,
        type,
        side,
        valid,
        schema: checked.schema,
        texts: texts(checked, valid, random),
      }));
    });
  });
}

function texts(checked: Checked, valid: boolean, random: Random): string[] {
  return Array.from({ length: VALUES }, () => {
    const value = validValue(checked.schema, random);
    return JSON.stringify(valid ? value : brokenCopy(checked, value, random));
  });
}
