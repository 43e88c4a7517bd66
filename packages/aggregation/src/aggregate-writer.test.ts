import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText, plain, tellableRecords, userRecords } from '../test/arbitraries.ts';
import { aggregateByRival, deaggregateByRival } from '../test/rival.ts';
import { AggregateWriter } from './aggregate-writer.ts';
import { deaggregate, type UserRecord } from './deaggregate.ts';
import { AggregationError } from './errors.ts';

function write(writer: AggregateWriter, records: readonly UserRecord[]): Uint8Array {
  for (const { partitionKey, data } of records) writer.add(partitionKey, data);
  return writer.finish();
}

test('what is written is read again, by one writer that is used for all', () => {
  const writer = new AggregateWriter();
  fc.assert(
    fc.property(userRecords, (records) => {
      expect(deaggregate(write(writer, records))).toEqual(records.map(plain));
      expect(writer).toMatchObject({ count: 0, sizeBytes: 20 });
    }),
  );
});

test('sizes are exact before and after each record', () => {
  fc.assert(
    fc.property(userRecords, (records) => {
      const writer = new AggregateWriter();
      for (const { partitionKey, data } of records) {
        const said = writer.sizeWith(partitionKey, data.length);
        writer.add(partitionKey, data, data.length);
        expect(writer.sizeBytes).toBe(said);
      }
      expect(writer.count).toBe(records.length);
      const said = writer.sizeBytes;
      expect(writer.finish()).toHaveLength(said);
    }),
  );
});

test('at every length at which a varint grows, sizes are exact', () => {
  for (const count of [1, 127, 128, 129, 16_384]) {
    const writer = new AggregateWriter();
    for (let index = 0; index < count; index += 1) writer.add(`key ${index}`, '{}');
    for (const dataBytes of [0, 120, 124, 127, 128, 16_377, 16_383, 16_384, 2_097_152]) {
      const said = writer.sizeWith('another', dataBytes);
      const copy = new AggregateWriter();
      for (let index = 0; index < count; index += 1) copy.add(`key ${index}`, '{}');
      copy.add('another', Buffer.alloc(dataBytes));
      const record = copy.finish();
      expect(record).toHaveLength(said);
      expect(deaggregate(record)?.at(-1)?.data).toHaveLength(dataBytes);
    }
  }
});

test('text is written as UTF-8, lone surrogates included', () => {
  const writer = new AggregateWriter();
  fc.assert(
    fc.property(anyText, (text) => {
      const texts = [text, '\ud800', 'é'.repeat(5_000)];
      for (const each of texts) writer.add(each, each, Buffer.byteLength(each));
      const expected = texts.map((each) => Buffer.from(each));
      const read = deaggregate(writer.finish()) ?? [];
      expect(read.map(({ data }) => data)).toEqual(expected);
      expect(read.map(({ partitionKey }) => partitionKey)).toEqual(expected.map(String));
    }),
  );
});

test('aws-kinesis-agg reads what is written', () => {
  fc.assert(
    fc.property(userRecords, (records) => {
      const record = write(new AggregateWriter(), records);
      expect(deaggregateByRival(record)).toEqual(records.map(plain));
    }),
  );
});

test('aws-kinesis-agg writes the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(tellableRecords, async (records) => {
      const record = write(new AggregateWriter(), records);
      expect(record).toEqual(await aggregateByRival(records));
    }),
  );
});

test('data of another length than was said is refused, and leaves no trace', () => {
  fc.assert(
    fc.property(userRecords, anyText, (records, text) => {
      const writer = new AggregateWriter();
      const addWrong = (): void => {
        for (const wrong of [-4, -2, -1, 1, 2, 3]) {
          for (const what of [`${text}😀`, Buffer.from(`${text}😀`)]) {
            const said = Buffer.byteLength(what) + wrong;
            expect(() => writer.add('new key', what, said)).toThrow(AggregationError);
          }
        }
      };
      for (const { partitionKey, data } of records) {
        addWrong();
        writer.add(partitionKey, data);
      }
      expect(deaggregate(writer.finish())).toEqual(records.map(plain));
    }),
    { numRuns: 20 },
  );
});

test('a record longer than was said by one character is refused where the memory ends', () => {
  for (let length = 4_000; length < 4_100; length += 1) {
    for (const character of ['a', 'é', '€', '😀']) {
      const add = () =>
        new AggregateWriter().add('key', `${'a'.repeat(length)}${character}`, length);
      expect(add).toThrow(`has not ${length} bytes`);
    }
  }
});

test('nothing cannot be finished', () => {
  const writer = new AggregateWriter();
  expect(() => writer.finish()).toThrow(AggregationError);
  writer.add('key', 'data');
  writer.reset();
  expect(() => writer.finish()).toThrow('add one first');
});

test('a finished record is nobody else’s memory', () => {
  const writer = new AggregateWriter();
  writer.add('key', 'first');
  const record = writer.finish();
  const before = Buffer.from(record);
  writer.add('other', 'second');
  writer.finish();
  expect(Buffer.compare(before, record)).toBe(0);
  expect(record.buffer.byteLength).toBe(record.byteLength);
});
