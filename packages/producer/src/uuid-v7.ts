import { randomFillSync } from 'node:crypto';

/** Characters of a UUID. */
export const UUID_LENGTH = 36;

const HEX = Buffer.from('0123456789abcdef');
const VARIANTS = Buffer.from('89ab');
const DASH = 0x2d;
const RANDOM_BYTES_PER_ID = 10;
const IDS_PER_REFILL = 256;
const MAX_COUNTER = 0xfff;

/** Writes the 36 characters of a new UUIDv7. */
export type WriteUuidV7 = (target: Uint8Array, offset: number) => void;

/**
 * Makes a source of UUIDv7s that grow strictly, also within one millisecond and when the clock is
 * set back: 48 bits of Unix milliseconds, a 12-bit counter in `rand_a`, 62 random bits (RFC 9562,
 * section 6.2, method 1). Each millisecond the counter restarts at a random value in its lower half,
 * so at least 2,049 ids fit before the timestamp runs one millisecond ahead.
 */
export function createUuidV7Writer(
  nowMs: () => number = Date.now,
  fillRandom: (bytes: Uint8Array) => unknown = randomFillSync,
): WriteUuidV7 {
  // Random bytes are drawn many ids at a time: one system call each would dominate the cost.
  const pool = Buffer.allocUnsafeSlow(RANDOM_BYTES_PER_ID * IDS_PER_REFILL);
  const poolHex = Buffer.allocUnsafeSlow(pool.length * 2);
  const prefix = Buffer.allocUnsafeSlow('00000000-0000-7'.length);
  let offset = pool.length;
  let lastMs = -1;
  let counter = 0;

  const startMillisecond = (ms: number): void => {
    lastMs = ms;
    counter = pool.readUInt16BE(offset + 8) & (MAX_COUNTER >> 1);
    const hex = ms.toString(16).padStart(12, '0');
    prefix.write(`${hex.slice(0, 8)}-${hex.slice(8)}-7`, 'latin1');
  };

  return (target, start) => {
    offset += RANDOM_BYTES_PER_ID;
    if (offset >= pool.length) {
      fillRandom(pool);
      poolHex.write(pool.toString('hex'), 'latin1');
      offset = 0;
    }
    const ms = nowMs();
    counter += 1;
    if (ms > lastMs) startMillisecond(ms);
    else if (counter > MAX_COUNTER) startMillisecond(lastMs + 1);

    let at = start;
    for (let index = 0; index < prefix.length; index += 1) target[at++] = prefix[index] ?? 0;
    target[at++] = HEX[counter >> 8] ?? 0;
    target[at++] = HEX[(counter >> 4) & 15] ?? 0;
    target[at++] = HEX[counter & 15] ?? 0;
    target[at++] = DASH;
    target[at++] = VARIANTS[(pool[offset] ?? 0) & 3] ?? 0;
    const digits = offset * 2 + 2;
    for (let digit = digits; digit < digits + 3; digit += 1) target[at++] = poolHex[digit] ?? 0;
    target[at++] = DASH;
    for (let digit = digits + 3; digit < digits + 15; digit += 1)
      target[at++] = poolHex[digit] ?? 0;
  };
}

/** The same as strings. */
export function createUuidV7(...source: Parameters<typeof createUuidV7Writer>): () => string {
  const write = createUuidV7Writer(...source);
  const characters = Buffer.allocUnsafeSlow(UUID_LENGTH);
  return () => {
    write(characters, 0);
    return characters.toString('latin1');
  };
}

/** Writes a new UUIDv7, greater than every one that it wrote before in this thread. */
export const writeUuidV7 = createUuidV7Writer();
