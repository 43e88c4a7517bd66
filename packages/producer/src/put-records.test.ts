import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTestStream, STREAM } from '../test/kinesis.ts';
import { putRecords } from './put-records.ts';
import type { TransportRecord } from './transport.ts';

const { signal } = new AbortController();

/** A service that gives one answer, and the last request that it got. */
async function createService(status: number, answer: unknown) {
  let request: { headers: IncomingMessage['headers']; body: string } | undefined;
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      request = { headers: message.headers, body: Buffer.concat(chunks).toString() };
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const client = new KinesisClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
  return {
    client,
    lastRequest: () => request,
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('every entry of the answer is looked at', async () => {
  await using service = await createService(200, {
    FailedRecordCount: 0, // not to be trusted either
    Records: [
      { ShardId: 'shardId-1', SequenceNumber: '7' },
      { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal service failure.' },
      { ErrorCode: 'InternalFailure', ShardId: 'shardId-1', SequenceNumber: '8' },
      { ShardId: 'shardId-1' },
      {},
    ],
  });
  const results = await putRecords(service.client, 'events', [], signal);
  expect(results.map(({ ok }) => ok)).toEqual([true, false, false, false, false]);
  expect(results[1]).toMatchObject({ code: 'InternalFailure' });
  expect(results[4]).toMatchObject({ code: 'IncompleteResult' });
});

test("a request is signed and complete, an error is the SDK's own", async () => {
  await using service = await createService(400, {
    __type: 'com.amazonaws.kinesis.v20131202#ResourceNotFoundException',
    message: 'Stream events under account 000000000000 not found.',
  });
  const records: TransportRecord[] = [
    { partitionKey: 'user "1" – ü', data: Buffer.from('{"a":"ß"}') },
    { partitionKey: 'b', explicitHashKey: '17', data: Buffer.of(0, 255) },
  ];
  const failing = putRecords(service.client, 'events', records, signal);
  await expect(failing).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('not found') as unknown,
    $metadata: { httpStatusCode: 400 },
  });
  const { headers, body = '' } = service.lastRequest() ?? {};
  expect(headers?.['x-amz-target']).toBe('Kinesis_20131202.PutRecords');
  expect(headers?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=local/);
  expect(headers?.['content-length']).toBe(String(Buffer.byteLength(body)));
  expect(JSON.parse(body)).toEqual({
    StreamName: 'events',
    Records: [
      { PartitionKey: 'user "1" – ü', Data: Buffer.from('{"a":"ß"}').toString('base64') },
      { PartitionKey: 'b', ExplicitHashKey: '17', Data: 'AP8=' },
    ],
  });
});

test.each([
  ['HTTP/1.1', () => new NodeHttpHandler()],
  ['HTTP/2, the default of the SDK', () => new NodeHttp2Handler()],
])('what is written is what is stored, over %s', async (_name, handler) => {
  await using stream = await createTestStream();
  const { endpoint, region } = stream.options;
  const client = new KinesisClient({ endpoint, region, requestHandler: handler() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          partitionKey: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
          data: fc.uint8Array({ minLength: 1, maxLength: 200 }),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      async (records) => {
        const results = await putRecords(client, STREAM, records, signal);
        const stored = await stream.rawRecords();
        for (const [index, result] of results.entries()) {
          expect(result.ok).toBe(true);
          const place = result.ok ? `${result.shardId}/${result.sequenceNumber}` : '';
          expect(stored.get(place)).toEqual({
            partitionKey: records[index]?.partitionKey,
            data: Buffer.from(records[index]?.data ?? []),
          });
        }
      },
    ),
    { numRuns: 15 },
  );
  client.destroy();
});
