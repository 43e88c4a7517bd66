/**
 * Sequence numbers laid out as those of AWS, as the open-source emulators read them: 188 bits, in
 * decimal 56 digits, from the top: the digit 2; the second in which the shard was created; the low
 * digit of its index; a counter; an empty byte; the second of the write; the index; the digit 2.
 *
 * So they grow with every record of a shard, and every record of a child shard, which is created
 * in a later second than its parents, has a higher one than all of its parents'.
 */
const COUNTER_SHIFT = 80n;
const SECOND_SHIFT = 36n;
const TOP = 2n << 184n;
const BITS_36 = (1n << 36n) - 1n;
const BITS_32 = (1n << 32n) - 1n;
const BITS_64 = (1n << 64n) - 1n;

/** What all sequence numbers of a shard share: the one with counter 0, without its second. */
export function sequenceOrigin(createdAtSecond: number, shardIndex: number): bigint {
  const index = BigInt(shardIndex);
  return TOP | (BigInt(createdAtSecond) << 148n) | ((index & 0xfn) << 144n) | (index << 4n) | 2n;
}

/** The sequence number of a shard's `counter`-th record, written in the given second. */
export function formatSequenceNumber(origin: bigint, counter: number, second: number): string {
  return (
    origin +
    (BigInt(counter) << COUNTER_SHIFT) +
    (BigInt(second) << SECOND_SHIFT)
  ).toString();
}

/** Reads a sequence number; undefined when it is none. */
export function parseSequenceNumber(
  sequenceNumber: string,
): { createdAtSecond: number; shardIndex: number; counter: number } | undefined {
  if (!/^[1-9]\d{55}$/.test(sequenceNumber)) return undefined;
  const value = BigInt(sequenceNumber);
  if (value >> 184n !== 2n || (value & 0xfn) !== 2n) return undefined;
  return {
    createdAtSecond: Number((value >> 148n) & BITS_36),
    shardIndex: Number((value >> 4n) & BITS_32),
    counter: Number((value >> COUNTER_SHIFT) & BITS_64),
  };
}
