import { hash } from 'node:crypto';

/**
 * A point of the 128-bit space over which a stream's shards are spread, as 32 lower-case hexadecimal
 * digits. Such strings compare (`<`, `>=`) exactly in the order of the numbers, and MD5 yields one
 * without a detour through bigint, so "which shard is this" is a comparison of strings.
 */
export type HashKey = string;

const HASH_KEYS = 1n << 128n;

/**
 * Where a partition key lies: the MD5 of its UTF-8 bytes.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
 */
export function hashKeyOf(partitionKey: string): HashKey {
  return hash('md5', partitionKey, 'hex');
}

/**
 * Reads the decimal digits in which the API speaks of hash keys (a shard's `StartingHashKey`, a
 * record's `ExplicitHashKey`); undefined when they are none or out of range.
 */
export function parseHashKey(decimal: string): HashKey | undefined {
  if (!/^(0|[1-9]\d{0,38})$/.test(decimal)) return undefined;
  const value = BigInt(decimal);
  return value < HASH_KEYS ? value.toString(16).padStart(32, '0') : undefined;
}

/** The decimal digits in which the API speaks of a hash key. */
export function formatHashKey(key: HashKey): string {
  return BigInt(`0x${key}`).toString();
}
