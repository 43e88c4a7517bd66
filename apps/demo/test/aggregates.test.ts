import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { AggregateWriter } from '@clickstream/aggregation';
import { pageViewSample } from '@clickstream/events';
import { startLocalAws } from '@clickstream/local-aws';
import { aggregate as aggregateByRival, type EncodedRecord } from 'aws-kinesis-agg';
import { expect, it } from 'vitest';
import { connect, settledRecords } from '../src/pipeline.ts';
import { synthesize } from '../src/synthesize.ts';

interface UserRecord {
  readonly partitionKey: string;
  readonly data: string;
}

/** A page view that can be told by its number. */
function event(number: number, userId: string): UserRecord {
  const id = `01a207d9-2100-7c3e-9d5b-${String(number).padStart(12, '0')}`;
  const data = JSON.stringify({ ...pageViewSample, event_id: id, user_id: userId });
  return { partitionKey: userId, data };
}

const poison = (number: number, partitionKey: string): UserRecord => ({
  partitionKey,
  data: `poison ${number}`,
});

function aggregateByUs(records: readonly UserRecord[]): Uint8Array {
  const writer = new AggregateWriter();
  for (const { partitionKey, data } of records) writer.add(partitionKey, data);
  return writer.finish();
}

async function aggregateByAwsKinesisAgg(records: readonly UserRecord[]): Promise<Uint8Array> {
  const { data } = await new Promise<EncodedRecord>((resolve, reject) => {
    aggregateByRival(
      [...records],
      (record, done) => {
        resolve(record);
        done();
      },
      () => undefined,
      reject,
    );
  });
  return data;
}

it('applies what others and we have aggregated, and only the poison within goes away', async () => {
  await using resources = new AsyncDisposableStack();
  const assemblyDir = await mkdtemp(join(tmpdir(), 'aggregates-'));
  resources.defer(() => rm(assemblyDir, { recursive: true, force: true }));
  await synthesize(assemblyDir, new AbortController().signal);
  const aws = await startLocalAws({
    assemblyDir,
    stackName: 'Clickstream',
    redeliverAfterSeconds: 1,
    onLog: () => undefined,
  });
  resources.defer(() => aws.close());
  const pipeline = connect({ ...aws, settled: () => settledRecords(aws) });
  resources.defer(() => pipeline.close());

  const theirs = [event(0, 'ann'), poison(1, 'ben'), event(2, 'cec'), event(3, 'ann')];
  const ours = [event(10, 'ann'), event(11, 'ben'), poison(12, 'ann'), poison(13, 'ann')];
  const damaged = Buffer.from(aggregateByUs([event(20, 'ann')]));
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  const { Records: put = [] } = await pipeline.kinesis.send(
    new PutRecordsCommand({
      StreamName: pipeline.streamName,
      Records: [
        await aggregateByAwsKinesisAgg(theirs),
        aggregateByUs(ours),
        Buffer.from(event(14, 'ann').data),
        damaged,
      ].map((data) => ({ PartitionKey: 'outer', Data: data })),
    }),
  );
  await pipeline.drain(AbortSignal.timeout(100_000));

  const { applied, quarantined, unhandledDeadLetters } = await pipeline.evidence([], []);
  const [first, second, plain, broken] = put.map(({ SequenceNumber: number }) => number);
  expect(unhandledDeadLetters).toBe(0);
  expect(
    applied
      .map(({ userId, eventId, position }) => [
        Number(eventId.slice(-12)),
        userId,
        position.sequenceNumber,
        position.subsequenceNumber,
      ])
      .toSorted(([a], [b]) => Number(a) - Number(b)),
  ).toEqual([
    [0, 'ann', first, 0],
    [2, 'cec', first, 2],
    [3, 'ann', first, 3],
    [10, 'ann', second, 0],
    [11, 'ben', second, 1],
    [14, 'ann', plain, undefined],
  ]);
  expect(
    quarantined
      .map(({ reason, position, payload }) => [
        reason,
        position?.sequenceNumber,
        position?.subsequenceNumber,
        payload,
      ])
      .toSorted(([, a, i], [, b, j]) => `${a} ${i}`.localeCompare(`${b} ${j}`)),
  ).toEqual([
    ['not_json', first, 1, Buffer.from('poison 1').toString('base64')],
    ['not_json', second, 2, Buffer.from('poison 12').toString('base64')],
    ['not_json', second, 3, Buffer.from('poison 13').toString('base64')],
    ['not_json', broken, undefined, damaged.toString('base64')],
  ]);
}, 120_000);
