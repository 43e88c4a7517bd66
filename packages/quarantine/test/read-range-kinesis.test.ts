import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  PutRecordCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import { createKinesisServer, type KinesisServer } from '@clickstream/local-aws';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRange } from '../src/read-range.ts';

const HOUR_MS = 3_600_000;
let nowMs = Date.UTC(2026, 0, 1);
let server: KinesisServer;
let client: KinesisClient;

beforeAll(async () => {
  server = await createKinesisServer({ now: () => nowMs, limits: false });
  client = new KinesisClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

interface Written {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly atMs: number;
}

/** A stream written to over hours, resharded half-way; resolves to its ARN and what went in. */
async function writeStream(name: string, hours: readonly number[], reshard: boolean) {
  await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
  const summary = await client.send(new DescribeStreamSummaryCommand({ StreamName: name }));
  const written: Written[] = [];
  for (const [index, pauseHours] of hours.entries()) {
    nowMs += pauseHours * HOUR_MS;
    if (reshard && index === Math.ceil(hours.length / 2)) {
      await client.send(
        new UpdateShardCountCommand({
          StreamName: name,
          TargetShardCount: 2,
          ScalingType: 'UNIFORM_SCALING',
        }),
      );
    }
    const record = { StreamName: name, PartitionKey: `user ${index}`, Data: Buffer.from([index]) };
    const { ShardId, SequenceNumber } = await client.send(new PutRecordCommand(record));
    written.push({ shardId: ShardId ?? '', sequenceNumber: SequenceNumber ?? '', atMs: nowMs });
  }
  return { written, streamArn: summary.StreamDescriptionSummary?.StreamARN ?? '' };
}

let streams = 0;

it('finds what a real stream still holds, before, across and after a reshard', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      fc.nat(30),
      fc.nat(),
      fc.nat(),
      async (hours, reshard, waitHours, one, two) => {
        const { written, streamArn } = await writeStream(`stream-${streams++}`, hours, reshard);
        nowMs += waitHours * HOUR_MS;

        const shardId = written[one % written.length]?.shardId ?? '';
        const inShard = written.filter((record) => record.shardId === shardId);
        const batch = inShard.slice(two % inShard.length);
        const start = batch[0]?.sequenceNumber ?? '';
        const end = batch.at(-1)?.sequenceNumber ?? '';
        const found: string[] = [];
        const missing: { from: string; to: string }[] = [];
        const range = { startSequenceNumber: start, endSequenceNumber: end, pageRecords: 3 };
        for await (const part of readRange({ client, streamArn, shardId, ...range, pauseMs: 0 })) {
          if (part.kind === 'expired') missing.push(part.missing);
          else found.push(...part.records.map(({ sequenceNumber }) => sequenceNumber));
        }

        const left = batch.filter(({ atMs }) => nowMs - atMs <= 24 * HOUR_MS);
        const first = left[0]?.sequenceNumber;
        expect(found).toEqual(left.map(({ sequenceNumber }) => sequenceNumber));
        expect(missing.map(({ from }) => from)).toEqual(first === start ? [] : [start]);
        const lastMissing = first === undefined ? end : String(BigInt(first) - 1n);
        expect(missing.map(({ to }) => to)).toEqual(first === start ? [] : [lastMissing]);
      },
    ),
    { numRuns: 40 },
  );
});

it('calls a range of a stream that was deleted expired', async () => {
  const streamArn = 'arn:aws:kinesis:us-east-1:000000000000:stream/never-there';
  const range = { startSequenceNumber: '1', endSequenceNumber: '2' };
  const parts = readRange({ client, streamArn, shardId: 'shardId-000000000000', ...range });
  expect(await parts.next()).toEqual({
    done: false,
    value: { kind: 'expired', missing: { from: '1', to: '2' } },
  });
});
