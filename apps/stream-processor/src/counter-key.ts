import { createHash } from 'node:crypto';

/**
 * How long a partition key may be, in bytes of UTF-8.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MAX_KEY_BYTES = 2048;

const MARK = '~sha256:';
const HASH_LENGTH = 64;

/**
 * The partition key of a counter: its name, or, if that is too long for a key, as much of it as
 * fits, `~sha256:`, the hash of the whole name, and what followed the last `|`:
 *
 *     page_views|https://shop.example/a/very/long…~sha256:9f86d0…|2026-11-23T10:00
 */
export function counterKey(name: string): string {
  // A name with the mark in it is hashed too, so that no name can pass for another one's key.
  if (Buffer.byteLength(name) <= MAX_KEY_BYTES && !name.includes(MARK)) return name;
  const tail = name.slice(name.lastIndexOf('|'));
  const room = MAX_KEY_BYTES - MARK.length - HASH_LENGTH - Buffer.byteLength(tail);
  const hash = createHash('sha256').update(name).digest('hex');
  return `${cut(name.slice(0, -tail.length), room)}${MARK}${hash}${tail}`;
}

/** The first whole characters that fit into so many bytes of UTF-8. */
function cut(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
