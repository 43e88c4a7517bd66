import * as fc from 'fast-check';
import type { UserRecord } from '../src/index.ts';

/** Any text at all, surrogates without their other half included. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff })))
  .map((units) => String.fromCharCode(...units));

const partitionKey = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({ minLength: 120, maxLength: 256 }),
  fc.constantFrom('user-1', 'user-2', '7', '__proto__', 'constructor', '\0', 'ü', '🛒'),
);

const explicitHashKey = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map(String);

const data = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => Buffer.from(text)),
  // Across the lengths at which a varint grows.
  fc.integer({ min: 16_300, max: 16_450 }).map((length) => Buffer.alloc(length, 'a')),
);

/** User records as our writer takes them, keys repeating. */
export const userRecords: fc.Arbitrary<readonly UserRecord[]> = fc
  .tuple(
    fc.array(partitionKey, { minLength: 1, maxLength: 200 }),
    fc.array(fc.tuple(fc.nat(), data), { minLength: 1, maxLength: 60 }),
  )
  .map(([keys, items]) =>
    items.map(([at, bytes]) => ({ partitionKey: keys[at % keys.length] ?? '', data: bytes })),
  );

/**
 * What `aws-kinesis-agg` writes without mistakes: it takes a whole number for a place in the table,
 * a name of `Object.prototype` for a key that is there, and no hash key for the first one.
 */
export const tellableRecords: fc.Arbitrary<readonly UserRecord[]> = userRecords
  .map((records) => records.filter(({ partitionKey: key }) => !/^\d+$/.test(key) && !(key in {})))
  .filter((records) => records.length > 0);

/** The same, with a hash key each or none at all. */
export const hashedRecords: fc.Arbitrary<readonly UserRecord[]> = fc
  .tuple(tellableRecords, fc.array(explicitHashKey, { maxLength: 10 }))
  .map(([records, hashKeys]) =>
    records.map((record, at) => {
      const hashKey = hashKeys[at % hashKeys.length];
      return hashKey === undefined ? record : { ...record, explicitHashKey: `0${hashKey}` };
    }),
  );

/** With data as a Buffer, whatever it was, for comparison. */
export function plain({ data: bytes, ...record }: UserRecord): UserRecord {
  return { ...record, data: Buffer.from(bytes) };
}
