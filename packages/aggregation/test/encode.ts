import { digestOf } from '../src/format.ts';

/** A varint, however large the number. */
export function varint(value: bigint): Buffer {
  const septets: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) septets.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...septets, Number(rest)]);
}

/** A field whose value is a varint. */
export function number(field: number, value: bigint): Buffer {
  return Buffer.concat([varint(BigInt(field << 3)), varint(value)]);
}

/** A field whose value has a length: text, bytes or a message made of parts. */
export function bytes(field: number, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const value = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(BigInt((field << 3) | 2)), varint(BigInt(value.length)), value]);
}

/** The message made of these parts, between magic number and digest. */
export function seal(...parts: readonly Uint8Array[]): Buffer {
  const message = Buffer.concat(parts);
  return Buffer.concat([Buffer.from('f3899ac2', 'hex'), message, digestOf(message)]);
}
