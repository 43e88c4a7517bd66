import { AggregateWriter } from '@clickstream/aggregation';
import { expect, test } from 'vitest';
import { deadLetter, parseDeadLetter } from './dead-letter.ts';
import { keyOf, parseKey } from './quarantine-key.ts';
import { userRecordsOf } from './user-records.ts';

const record = {
  streamArn: 'arn:aws:kinesis:eu-west-1:000000000000:stream/events',
  shardId: 'shardId-000000000000',
  sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
  partitionKey: 'bucket-3',
  arrivedAtMs: Date.parse('2026-11-25T10:00:00Z'),
};

function aggregateOf(...events: readonly [key: string, data: string][]) {
  const writer = new AggregateWriter();
  for (const [key, data] of events) writer.add(key, data);
  return { ...record, data: writer.finish() };
}

test('a record that is not aggregated stays as it is', () => {
  const plain = { ...record, data: Buffer.from('{}') };
  expect(userRecordsOf(plain)).toEqual([plain]);
});

test('of an aggregate each user record has its own key, payload and place', () => {
  expect(userRecordsOf(aggregateOf(['a', '1'], ['b', '2'], ['a', '3']))).toEqual([
    { ...record, subsequenceNumber: 0, partitionKey: 'a', data: Buffer.from('1') },
    { ...record, subsequenceNumber: 1, partitionKey: 'b', data: Buffer.from('2') },
    { ...record, subsequenceNumber: 2, partitionKey: 'a', data: Buffer.from('3') },
  ]);
});

test('their documents lie side by side, in order, and are read again', () => {
  const events = Array.from({ length: 12 }, (_, index): [string, string] => ['a', String(index)]);
  const letters = userRecordsOf(aggregateOf(...events)).map((part) =>
    deadLetter({ reason: 'exhausted', message: '', record: part }),
  );
  const keys = letters.map(keyOf);
  expect(new Set(keys).size).toBe(12);
  expect(keys).toEqual(keys.toSorted());
  expect(keys.map((key) => parseKey(key)?.subsequenceNumber)).toEqual(
    letters.map((_, index) => index),
  );
  for (const letter of letters) {
    expect(parseDeadLetter(JSON.stringify(letter))).toEqual({ ok: true, document: letter });
  }
});
