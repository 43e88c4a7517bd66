import {
  CreateStreamCommand,
  type KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import type { KinesisFault } from './faults.ts';
import { connect, protocols, start, textLike } from './testing.ts';

const StreamName = 'clicks';

/** A server on which PutRecords meets the faults in turn, the last one for ever. */
async function setUp(
  protocol: (typeof protocols)[number],
  ...faults: (KinesisFault | undefined)[]
) {
  const server = await start({
    faults: ({ operation }) =>
      operation === 'PutRecords' ? (faults.length > 1 ? faults.shift() : faults[0]) : undefined,
    random: () => 0.5,
  });
  const client = connect(server, protocol);
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  return { client, accepted: () => server.stats().recordsAccepted };
}

function put(client: KinesisClient, abortSignal?: AbortSignal) {
  const Records = ['a', 'b', 'c', 'd'].map((PartitionKey) => ({
    PartitionKey,
    Data: Buffer.from('x'),
  }));
  return client.send(new PutRecordsCommand({ StreamName, Records }), {
    ...(abortSignal && { abortSignal }),
  });
}

describe.each(protocols)('over %s', (protocol) => {
  test('chosen records fail, the others are taken', async () => {
    const { client, accepted } = await setUp(
      protocol,
      { kind: 'records', fail: [1, 3] },
      { kind: 'records', fail: [0], errorCode: 'ProvisionedThroughputExceededException' },
    );
    const first = await put(client);
    expect(first.FailedRecordCount).toBe(2);
    expect(first.Records?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'InternalFailure',
      undefined,
      'InternalFailure',
    ]);
    const second = await put(client);
    expect(second.Records?.[0]).toEqual({
      ErrorCode: 'ProvisionedThroughputExceededException',
      ErrorMessage: textLike(/^Rate exceeded for shard shardId-000000000000 /),
    });
    expect(accepted()).toBe(5);
  });

  test('a share of the records fails', async () => {
    const { client } = await setUp(
      protocol,
      { kind: 'records', fail: 0.51 },
      { kind: 'records', fail: 0.5 },
    );
    expect((await put(client)).FailedRecordCount).toBe(4);
    expect((await put(client)).FailedRecordCount).toBe(0);
  });

  test('an error comes instead of an answer, and nothing is taken', async () => {
    const { client, accepted } = await setUp(
      protocol,
      { kind: 'http_500' },
      { kind: 'throttle' },
      undefined,
    );
    await expect(put(client)).rejects.toMatchObject({
      name: 'InternalFailure',
      $metadata: { httpStatusCode: 500 },
    });
    await expect(put(client)).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
    expect(accepted()).toBe(0);
    await put(client);
    expect(accepted()).toBe(4);
  });

  test('the connection breaks before or after the records are taken', async () => {
    const { client, accepted } = await setUp(
      protocol,
      { kind: 'reset' },
      { kind: 'commit_then_reset' },
      undefined,
    );
    await expect(put(client)).rejects.toThrow(/reset|hang up|did not get a response/i);
    expect(accepted()).toBe(0);
    await expect(put(client)).rejects.toThrow(/reset|hang up|did not get a response/i);
    expect(accepted()).toBe(4);
    await put(client);
    expect(accepted()).toBe(8);
  });

  test('no answer comes before or after the records are taken', async () => {
    const { client, accepted } = await setUp(
      protocol,
      { kind: 'hang' },
      { kind: 'commit_then_hang' },
      undefined,
    );
    await expect(put(client, AbortSignal.timeout(150))).rejects.toThrow(/abort/i);
    expect(accepted()).toBe(0);
    await expect(put(client, AbortSignal.timeout(150))).rejects.toThrow(/abort/i);
    expect(accepted()).toBe(4);
    await put(client);
    expect(accepted()).toBe(8);
  });

  test('a request that is repeated on its way is taken twice and answered once', async () => {
    const { client, accepted } = await setUp(protocol, { kind: 'twice' });
    expect((await put(client)).FailedRecordCount).toBe(0);
    expect(accepted()).toBe(8);
  });

  test('a client that gave up on a slow answer harms nobody', async () => {
    const { client, accepted } = await setUp(protocol, { kind: 'delay', delayMs: 100 }, undefined);
    await expect(put(client, AbortSignal.timeout(20))).rejects.toThrow(/abort/i);
    await expect.poll(accepted).toBe(4);
    await put(client);
    expect(accepted()).toBe(8);
  });
});
