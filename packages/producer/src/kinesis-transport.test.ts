import { KinesisClient } from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { createKinesisTransport } from './kinesis-transport.ts';

const client = new KinesisClient({ region: 'eu-central-1' });
const transport = createKinesisTransport({
  streamName: 'events',
  client,
  maxOpenRequests: 1,
  requestTimeoutMs: 1_000,
});

function named(name: string, message = 'because'): Error {
  return Object.assign(new Error(message), { name });
}

test.each([
  ['fatal', named('ResourceNotFoundException'), /no stream 'events'.*check streamName/],
  ['fatal', named('AccessDeniedException'), /allow kinesis:PutRecords on 'events'/],
  ['fatal', named('UnrecognizedClientException'), /check the access key/],
  ['fatal', named('KMSAccessDeniedException'), /allow kms:GenerateDataKey/],
  ['fatal', named('KMSDisabledException'), /KMS key of 'events' cannot be used/],
  ['fatal', named('Error', 'Region is missing'), /set AWS_REGION/],
  ['refused', named('ValidationException'), /maxRecordBytes/],
  ['refused', named('InvalidArgumentException'), /maxRecordBytes/],
  ['transient', named('ProvisionedThroughputExceededException'), /because/],
  ['transient', named('KMSThrottlingException'), /because/],
  ['transient', named('InternalFailure'), /because/],
  ['transient', named('TimeoutError'), /because/],
  ['transient', named('ExpiredTokenException'), /because/],
  ['transient', named('CredentialsProviderError'), /because/],
  ['transient', 'not even an error', /not even an error/],
])('%s: %s', (kind, error, message) => {
  expect(transport.explainFault?.(error)).toEqual({
    kind,
    message: expect.stringMatching(message) as unknown,
  });
});
