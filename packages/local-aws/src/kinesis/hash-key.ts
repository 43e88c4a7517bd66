import { hash } from 'node:crypto';

/**
 * A point of the 128-bit hash space as 32 lower-case hexadecimal digits: such strings compare in
 * the order of the numbers, and MD5 yields one without a detour through BigInt.
 */
export type HashKey = string;

/** How many hash keys there are. */
export const HASH_KEYS = 1n << 128n;

/** The hash key of a number from 0 to 2^128 - 1. */
export function toHashKey(value: bigint): HashKey {
  return value.toString(16).padStart(32, '0');
}

/** The number behind a hash key. */
export function fromHashKey(key: HashKey): bigint {
  return BigInt(`0x${key}`);
}

/** The decimal digits in which the API speaks of a hash key. */
export function formatHashKey(key: HashKey): string {
  return fromHashKey(key).toString();
}

/** Reads the API's decimal digits; undefined when they are none or out of range. */
export function parseHashKey(decimal: string): HashKey | undefined {
  if (!/^(0|[1-9]\d{0,38})$/.test(decimal)) return undefined;
  const value = BigInt(decimal);
  return value < HASH_KEYS ? toHashKey(value) : undefined;
}

/** Where a partition key lies: MD5 of its UTF-8 bytes. */
export function hashPartitionKey(partitionKey: string): HashKey {
  return hash('md5', partitionKey, 'hex');
}

/** The first hash keys of `count` ranges of equal size (the last one takes the remainder). */
export function uniformStarts(count: number): readonly HashKey[] {
  const size = HASH_KEYS / BigInt(count);
  return Array.from({ length: count }, (_, index) => toHashKey(BigInt(index) * size));
}
