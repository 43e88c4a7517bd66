import { randomFillSync } from 'node:crypto';

const DIGITS = '0123456789abcdef';
const VARIANT_DIGITS = '89ab';
const RANDOM_BYTES_PER_ID = 10;
const IDS_PER_REFILL = 256;
const MAX_COUNTER = 0xfff;

/**
 * Makes a source of UUIDv7 strings that grow strictly, also within one millisecond and when the
 * clock is set back: 48 bits of Unix milliseconds, a 12-bit counter in `rand_a`, 62 random bits
 * (RFC 9562, section 6.2, method 1). Each millisecond the counter restarts at a random value in its
 * lower half, so at least 2,049 ids fit before the timestamp runs one millisecond ahead.
 */
export function createUuidV7(
  nowMs: () => number = Date.now,
  fillRandom: (bytes: Uint8Array) => unknown = randomFillSync,
): () => string {
  // Random bytes are drawn many ids at a time: one system call each would dominate the cost.
  const pool = Buffer.allocUnsafeSlow(RANDOM_BYTES_PER_ID * IDS_PER_REFILL);
  let poolHex = '';
  let offset = pool.length;
  let lastMs = -1;
  let counter = 0;
  let prefix = '';

  const startMillisecond = (ms: number): void => {
    lastMs = ms;
    counter = pool.readUInt16BE(offset + 8) & (MAX_COUNTER >> 1);
    const hex = ms.toString(16).padStart(12, '0');
    prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  };

  return () => {
    offset += RANDOM_BYTES_PER_ID;
    if (offset >= pool.length) {
      fillRandom(pool);
      poolHex = pool.toString('hex');
      offset = 0;
    }
    const ms = nowMs();
    counter += 1;
    if (ms > lastMs) startMillisecond(ms);
    else if (counter > MAX_COUNTER) startMillisecond(lastMs + 1);

    const at = offset * 2;
    const variant = VARIANT_DIGITS[(pool[offset] ?? 0) & 3] ?? '';
    return (
      prefix +
      DIGITS[counter >> 8] +
      DIGITS[(counter >> 4) & 15] +
      DIGITS[counter & 15] +
      '-' +
      variant +
      poolHex.slice(at + 2, at + 5) +
      '-' +
      poolHex.slice(at + 5, at + 17)
    );
  };
}

/** A new UUIDv7, greater than every one minted before it in this thread. */
export const uuidV7 = createUuidV7();
