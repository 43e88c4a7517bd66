import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHttpService, type SdkRequest } from '../test/http-service.ts';
import { createTestStream, STREAM } from '../test/kinesis.ts';
import { putRecords } from './put-records.ts';
import type { TransportRecord } from './transport.ts';

const { signal } = new AbortController();

function clientOf(endpoint: string): KinesisClient {
  return new KinesisClient({
    region: 'eu-central-1',
    endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
}

test('every entry of the answer is looked at', async () => {
  const answer = {
    FailedRecordCount: 0, // not to be trusted either
    Records: [
      { ShardId: 'shardId-1', SequenceNumber: '7' },
      { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal service failure.' },
      { ErrorCode: 'InternalFailure', ShardId: 'shardId-1', SequenceNumber: '8' },
      { ShardId: 'shardId-1' },
      {},
    ],
  };
  await using service = await createHttpService(() => [200, answer]);
  const client = clientOf(service.endpoint);
  const results = await putRecords(client, 'events', [], signal);
  client.destroy();
  expect(results.map(({ ok }) => ok)).toEqual([true, false, false, false, false]);
  expect(results[1]).toMatchObject({ code: 'InternalFailure' });
  expect(results[4]).toMatchObject({ code: 'IncompleteResult' });
});

test("a request is signed and complete, an error is the SDK's own", async () => {
  const requests: SdkRequest[] = [];
  await using service = await createHttpService((request) => {
    requests.push(request);
    const type = 'com.amazonaws.kinesis.v20131202#ResourceNotFoundException';
    return [400, { __type: type, message: 'Stream events under account 1 not found.' }];
  });
  const client = clientOf(service.endpoint);
  const records: TransportRecord[] = [
    { partitionKey: 'user "1" – ü', data: Buffer.from('{"a":"ß"}') },
    { partitionKey: 'b', explicitHashKey: '17', data: Buffer.of(0, 255) },
  ];
  const failing = putRecords(client, 'events', records, signal);
  await expect(failing).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('not found') as unknown,
    $metadata: { httpStatusCode: 400 },
  });
  client.destroy();
  const { headers = {}, body = '' } = requests[0] ?? {};
  expect(headers['x-amz-target']).toBe('Kinesis_20131202.PutRecords');
  expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=local/);
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
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
