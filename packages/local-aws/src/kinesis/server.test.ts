import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
} from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { createKinesisServer, type KinesisServer } from './server.ts';
import { connect, protocols, refusal, start, textLike } from './testing.ts';

const StreamName = 'clicks';

/** What the wire carries for a refusal. */
function wireRefusal(type: string, message: RegExp): unknown[] {
  return [400, { __type: type, message: textLike(message) }];
}

async function createStream(client: KinesisClient, ShardCount = 1) {
  await client.send(new CreateStreamCommand({ StreamName, ShardCount }));
}

async function iterator(
  client: KinesisClient,
  input: Partial<GetShardIteratorCommandInput> = {},
): Promise<string> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
      ...input,
    }),
  );
  return ShardIterator ?? '';
}

function records(count: number, bytes = 20) {
  return Array.from({ length: count }, (_, index) => ({
    PartitionKey: `user-${index}`,
    Data: Buffer.alloc(bytes, index),
  }));
}

describe.each(protocols)('over %s', (protocol) => {
  test('what is put is read again, byte for byte and in order', async () => {
    const server = await start();
    const client = connect(server, protocol);
    await createStream(client);
    const sent = [Buffer.from([0, 255, 128, 10]), Buffer.from('naïve ☕'), Buffer.alloc(0)];
    const put = await client.send(
      new PutRecordsCommand({
        StreamName,
        Records: sent.map((Data) => ({ PartitionKey: 'Zoë', Data })),
      }),
    );
    expect(put.FailedRecordCount).toBe(0);
    const { Records, MillisBehindLatest, NextShardIterator } = await client.send(
      new GetRecordsCommand({ ShardIterator: await iterator(client) }),
    );
    expect(Records?.map(({ Data }) => Buffer.from(Data ?? []))).toEqual(sent);
    expect(Records?.map(({ SequenceNumber }) => SequenceNumber)).toEqual(
      put.Records?.map(({ SequenceNumber }) => SequenceNumber),
    );
    expect(Records?.[0]?.PartitionKey).toBe('Zoë');
    const arrived = Records?.[0]?.ApproximateArrivalTimestamp?.getTime() ?? 0;
    expect(Math.abs(arrived - Date.now())).toBeLessThan(60_000);
    expect(MillisBehindLatest).toBe(0);
    expect(NextShardIterator).toEqual(expect.any(String));
  });

  test('a request of 10 MiB passes, and so does its answer', async () => {
    const server = await start({ limits: false });
    const client = connect(server, protocol);
    await createStream(client);
    const sent = records(499, 21_000);
    await client.send(new PutRecordsCommand({ StreamName, Records: sent }));
    const read = await client.send(
      new GetRecordsCommand({ ShardIterator: await iterator(client) }),
    );
    const received = Buffer.concat(read.Records?.map(({ Data }) => Data ?? Buffer.alloc(0)) ?? []);
    // Not toEqual, which takes seconds for 10 MiB.
    expect(received.equals(Buffer.concat(sent.map(({ Data }) => Data)))).toBe(true);
  });

  test('an error comes with name, message, status and request id', async () => {
    const client = connect(await start(), protocol);
    const error: unknown = await client
      .send(new PutRecordCommand({ StreamName: 'none', PartitionKey: 'a', Data: Buffer.from('x') }))
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Stream none under account 000000000000 not found.',
      $metadata: { httpStatusCode: 400, requestId: textLike(/^[0-9a-f-]{36}$/) },
    });
  });

  test('many requests at once are all answered', async () => {
    const server = await start({ limits: false });
    const client = connect(server, protocol);
    await createStream(client, 4);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        client.send(new PutRecordsCommand({ StreamName, Records: records(500) })),
      ),
    );
    expect(answers.every(({ FailedRecordCount }) => FailedRecordCount === 0)).toBe(true);
    const numbers = answers.flatMap(({ Records }) => Records?.map((r) => r.SequenceNumber));
    expect(new Set(numbers).size).toBe(20_000);
    expect(server.stats()).toMatchObject({
      requests: { CreateStream: 1, PutRecords: 40 },
      recordsAccepted: 20_000,
    });
  });
});

test('a keep-alive client uses one connection', async () => {
  const server = await start();
  const client = connect(server, 'HTTP/1.1');
  await createStream(client);
  for (let index = 0; index < 10; index += 1) {
    await client.send(new DescribeStreamSummaryCommand({ StreamName }));
  }
  expect(server.stats().connections).toBe(1);
});

test('the summary, the description and the list of shards agree', async () => {
  const client = connect(await start({ region: 'eu-west-1', accountId: '123456789012' }));
  await createStream(client, 3);
  const { StreamDescriptionSummary: summary } = await client.send(
    new DescribeStreamSummaryCommand({ StreamName }),
  );
  expect(summary).toMatchObject({
    StreamName,
    StreamARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/clicks',
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    RetentionPeriodHours: 24,
    OpenShardCount: 3,
    EncryptionType: 'NONE',
  });
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamName }));
  const { Shards } = await client.send(
    new ListShardsCommand({ ...(summary?.StreamARN && { StreamARN: summary.StreamARN }) }),
  );
  expect(Shards).toHaveLength(3);
  expect(StreamDescription?.Shards).toEqual(Shards);
});

test('an operation that is not there is refused by name', async () => {
  const client = connect(await start());
  const request = new RegisterStreamConsumerCommand({ StreamARN: 'arn:x', ConsumerName: 'c' });
  await expect(client.send(request)).rejects.toEqual(
    refusal('UnknownOperationException', /RegisterStreamConsumer is not available/),
  );
});

test('a body that is no JSON, CBOR, and a wrong target are refused', async () => {
  const server = await start();
  const post = async (body: string, headers: Record<string, string>) => {
    const response = await fetch(server.endpoint, { method: 'POST', body, headers });
    return [response.status, await response.json()];
  };
  const target = { 'x-amz-target': 'Kinesis_20131202.ListStreams' };
  expect(await post('{', target)).toEqual(wireRefusal('SerializationException', /not JSON/));
  expect(await post('[]', target)).toEqual(wireRefusal('SerializationException', /no object/));
  expect(await post('', { ...target, 'content-type': 'application/x-amz-cbor-1.1' })).toEqual(
    wireRefusal('SerializationException', /AWS_CBOR_DISABLE/),
  );
  expect(await post('{}', {})).toEqual(wireRefusal('UnknownOperationException', /x-amz-target/));
  expect(await post('{}', target)).toEqual([200, expect.objectContaining({ StreamNames: [] })]);
});

/** Sends requests over one connection, each when `isTime` says so, and counts what comes back. */
async function getRecordsOverOneConnection(
  server: KinesisServer,
  token: string,
  times: number,
  pauseMs: number | 'answer has begun to end',
) {
  const body = JSON.stringify({ ShardIterator: token });
  const target = { 'x-amz-target': 'Kinesis_20131202.GetRecords' };
  const whole = await fetch(server.endpoint, { method: 'POST', body, headers: target });
  const answerBytes = (await whole.arrayBuffer()).byteLength;
  const request = `POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: Kinesis_20131202.GetRecords\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

  const socket = createConnection(Number(new URL(server.endpoint).port), '127.0.0.1');
  const ended = once(socket, 'close');
  let bodies = 0;
  let received = 0;
  let sent = 0;
  const send = () => {
    sent += 1;
    socket.write(request);
  };
  socket.on('data', (chunk) => {
    // Heads are small and not counted exactly: they stay far below one body in sum.
    received += chunk.length;
    bodies = Math.floor(received / answerBytes);
    if (bodies === times) socket.destroy();
    else if (typeof pauseMs !== 'number' && bodies === sent) send();
  });
  send();
  if (typeof pauseMs === 'number') {
    for (let index = 1; index < times; index += 1) {
      await sleep(pauseMs);
      send();
    }
  }
  await ended;
  return bodies;
}

test.each([2, 'answer has begun to end'] as const)(
  'large answers over one connection survive requests that come early (%s)',
  async (pauseMs) => {
    const server = await start({ limits: false });
    const client = connect(server);
    await createStream(client);
    await client.send(new PutRecordsCommand({ StreamName, Records: records(400, 10_000) }));
    const token = await iterator(client);
    expect(await getRecordsOverOneConnection(server, token, 50, pauseMs)).toBe(50);
  },
);

test('close ends open connections at once and frees the port', async () => {
  const server = await createKinesisServer({ faults: () => ({ kind: 'hang' }) });
  const pending = protocols.map((protocol) =>
    connect(server, protocol)
      .send(new DescribeStreamSummaryCommand({ StreamName }))
      .catch((error: unknown) => error),
  );
  await expect.poll(() => server.stats().requests['DescribeStreamSummary']).toBe(2);
  await server.close();
  for (const outcome of await Promise.all(pending)) expect(outcome).toBeInstanceOf(Error);
  const port = Number(new URL(server.endpoint).port);
  const next = await start({ port });
  expect(next.endpoint).toBe(server.endpoint);
  await expect(createKinesisServer({ port })).rejects.toMatchObject({ code: 'port_in_use' });
});

test('options out of range are refused', async () => {
  const invalid = { code: 'invalid_option' };
  await expect(createKinesisServer({ accountId: '42' })).rejects.toMatchObject(invalid);
  await expect(createKinesisServer({ statusDelayMs: -1 })).rejects.toMatchObject(invalid);
  await expect(createKinesisServer({ limits: { bytesPerRecord: 0 } })).rejects.toMatchObject(
    invalid,
  );
});
