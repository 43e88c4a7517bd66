import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashedRecords, plain } from '../test/arbitraries.ts';
import { bytes, number, seal, varint } from '../test/encode.ts';
import { aggregateByRival, deaggregateByRival } from '../test/rival.ts';
import { deaggregate, isAggregated } from './deaggregate.ts';

const tableOf = (...keys: readonly string[]): Buffer =>
  Buffer.concat(keys.map((key) => bytes(1, key)));
const recordOf = (...parts: readonly Buffer[]): Buffer => bytes(3, ...parts);
const valid = recordOf(number(1, 0n), bytes(3, 'data'));

/** What is found, data as text. */
function read(...parts: readonly Buffer[]) {
  return deaggregate(seal(...parts))?.map(({ data, ...record }) => ({
    ...record,
    data: Buffer.from(data).toString(),
  }));
}

test('reads what aws-kinesis-agg writes', async () => {
  await fc.assert(
    fc.asyncProperty(hashedRecords, async (records) => {
      const data = await aggregateByRival(records);
      expect(deaggregate(data)).toEqual(records.map(plain));
      expect(deaggregateByRival(data)).toEqual(records.map(plain));
    }),
  );
});

test('data are views, wherever the record lies', () => {
  const sealed = seal(tableOf('a'), valid);
  const within = Buffer.concat([Buffer.from('before'), sealed, Buffer.from('after')]);
  const record = new Uint8Array(within.buffer, within.byteOffset + 6, sealed.length);
  const [found] = deaggregate(record) ?? [];
  expect(Buffer.from(found?.data ?? []).toString()).toBe('data');
  expect(found?.data.buffer).toBe(within.buffer);
});

describe('takes what protobuf takes', () => {
  const record = { partitionKey: 'a', data: 'data' };
  const unknown = Buffer.concat([
    number(9, 1n << 63n),
    bytes(100_000, 'whatever'),
    varint(BigInt((7 << 3) | 1)),
    Buffer.alloc(8),
    varint(BigInt((8 << 3) | 5)),
    Buffer.alloc(4),
  ]);
  const group = (...parts: readonly Buffer[]): Buffer =>
    Buffer.concat([varint(BigInt((6 << 3) | 3)), ...parts, varint(BigInt((6 << 3) | 4))]);

  test.each([
    ['tables behind the records', [valid, tableOf('a')]],
    ['fields of a record in any order', [tableOf('a'), recordOf(bytes(3, 'data'), number(1, 0n))]],
    ['unknown fields', [unknown, tableOf('a'), unknown, valid, unknown]],
    ['unknown fields in a record', [tableOf('a'), bytes(3, unknown, valid.subarray(2))]],
    ['groups, also within groups', [group(unknown, group()), tableOf('a'), valid]],
    ['tags', [tableOf('a'), bytes(3, valid.subarray(2), bytes(4, bytes(1, 'k'), bytes(2, 'v')))]],
    ['known numbers with another wire type', [number(1, 5n), number(3, 5n), tableOf('a'), valid]],
    ['the same in a record', [tableOf('a'), bytes(3, bytes(1, 'x'), valid.subarray(2))]],
    [
      'the last of a field that comes twice',
      [tableOf('a'), recordOf(number(1, 7n), bytes(3, 'no'), number(1, 0n), bytes(3, 'data'))],
    ],
    [
      'an index in more bytes than it needs',
      [tableOf('a'), recordOf(Buffer.from([8, 0x80, 0x80, 0]), bytes(3, 'data'))],
    ],
    [
      'the lowest 32 bits of an index',
      [tableOf('a'), recordOf(number(1, 1n << 40n), bytes(3, 'data'))],
    ],
    ['keys in the table that nobody uses', [tableOf('a', 'b', 'c'), valid]],
  ])('%s', (_, parts) => {
    expect(read(...parts)).toEqual([record]);
  });

  test('an empty payload, an empty key, and no user record at all', () => {
    expect(read(tableOf(''), recordOf(number(1, 0n), bytes(3)))).toEqual([
      { partitionKey: '', data: '' },
    ]);
    expect(read(tableOf('a'))).toEqual([]);
  });

  test('explicit hash keys, where there are any', () => {
    expect(
      read(
        recordOf(number(1, 1n), number(2, 0n), bytes(3, '1')),
        tableOf('a', 'b'),
        recordOf(number(1, 0n), bytes(3, '2')),
        bytes(2, '12345'),
      ),
    ).toEqual([
      { partitionKey: 'b', explicitHashKey: '12345', data: '1' },
      { partitionKey: 'a', data: '2' },
    ]);
  });
});

describe('is a record like any other, when it', () => {
  const deep = Buffer.concat(Array.from({ length: 200 }, () => varint(BigInt((6 << 3) | 3))));
  const closed = Buffer.concat(Array.from({ length: 200 }, () => varint(BigInt((6 << 3) | 4))));

  test.each([
    ['names a key that is in no table', [tableOf('a'), recordOf(number(1, 1n), bytes(3))]],
    [
      'names a hash key that is in no table',
      [tableOf('a'), recordOf(number(1, 0n), number(2, 0n), bytes(3))],
    ],
    ['has a user record without a key', [tableOf('a'), recordOf(bytes(3, 'data'))]],
    ['has a user record without data', [tableOf('a'), recordOf(number(1, 0n))]],
    ['ends within a field', [tableOf('a'), valid.subarray(0, -1)]],
    ['ends within a tag', [tableOf('a'), Buffer.from([0x80])]],
    ['has a field with the number 0', [tableOf('a'), valid, Buffer.from([0, 0])]],
    ['has an unknown wire type', [tableOf('a'), valid, Buffer.from([0x0e])]],
    [
      'has a varint of more than ten bytes',
      [tableOf('a'), valid, Buffer.from([0x48, ...Buffer.alloc(10, 0x80), 1])],
    ],
    ['ends a group that has not begun', [tableOf('a'), valid, Buffer.from([0x34])]],
    ['does not end a group', [tableOf('a'), valid, Buffer.from([0x33])]],
    ['nests groups without bounds', [tableOf('a'), valid, deep, closed]],
    [
      'has a length beyond its end',
      [tableOf('a'), Buffer.from([0x1a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ],
  ])('%s', (_, parts) => {
    expect(read(...parts)).toBeUndefined();
  });

  test('has one bit that is another', () => {
    const sealed = seal(tableOf('a'), valid);
    expect(deaggregate(sealed)).toHaveLength(1);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(deaggregate(flipped)).toBeUndefined();
    }
  });

  test('is cut off anywhere', () => {
    const sealed = seal(tableOf('a'), valid);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(deaggregate(sealed.subarray(0, length))).toBeUndefined();
    }
    // KCL wants at least one byte between magic number and digest.
    expect(isAggregated(seal())).toBe(false);
    expect(isAggregated(Buffer.from('{"event_type":"click"}'))).toBe(false);
  });

  test('is sealed, and its message is anything at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (message) => {
        const sealed = seal(message);
        expect(isAggregated(sealed)).toBe(true);
        const found = deaggregate(sealed);
        expect(found === undefined || Array.isArray(found)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
