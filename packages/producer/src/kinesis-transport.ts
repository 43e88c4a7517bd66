import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { describeStream } from './describe-stream.ts';
import { reasonOf } from './producer-error.ts';
import { putRecords } from './put-records.ts';
import type { Transport, TransportFault } from './transport.ts';

export interface KinesisTransportOptions {
  readonly streamName: string;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Used as it is and left open; without it the transport makes its own. */
  readonly client?: KinesisClient | undefined;
  readonly maxOpenRequests: number;
  readonly requestTimeoutMs: number;
}

/** Puts records on a Kinesis data stream with PutRecords. */
export function createKinesisTransport(options: KinesisTransportOptions): Transport {
  const { streamName, client = createClient(options) } = options;
  return {
    putRecords: (records, { signal }) => putRecords(client, streamName, records, signal),
    describeStream: ({ signal }) => describeStream(client, streamName, signal),
    explainFault: (error) => explainKinesisFault(error, streamName),
    destroy: () => {
      if (options.client === undefined) client.destroy();
    },
  };
}

/**
 * A client for many small requests to one host. The SDK's default for Kinesis is HTTP/2 with a new
 * session, so a new TLS handshake, for every request
 * (https://github.com/aws/aws-sdk-js-v3/issues/8279): this one keeps HTTP/1.1 connections alive.
 * `requestTimeout` alone only logs a warning, and ends with the response headers: hence
 * `throwOnRequestTimeout`, and the socket timeout for a body that never ends. Retries are the
 * engine's, which knows the order of the records.
 */
function createClient(options: KinesisTransportOptions): KinesisClient {
  const { region, endpoint, maxOpenRequests, requestTimeoutMs } = options;
  const config: KinesisClientConfig = {
    maxAttempts: 1,
    retryMode: 'standard', // 'adaptive', perhaps from the environment, would delay requests
    customUserAgent: 'clickstream-producer',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: Math.min(3_000, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: requestTimeoutMs,
      httpAgent: { keepAlive: true, maxSockets: maxOpenRequests },
      httpsAgent: { keepAlive: true, maxSockets: maxOpenRequests },
    }),
  };
  if (region !== undefined) config.region = region;
  if (endpoint !== undefined) config.endpoint = endpoint;
  return new KinesisClient(config);
}

/**
 * Errors that the same records will meet again. Everything else is tried until the deadline: wrong
 * clocks are corrected by the SDK, expired tokens are renewed, throttles pass.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html
 */
function explainKinesisFault(error: unknown, streamName: string): TransportFault {
  const reason = reasonOf(error);
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'ResourceNotFoundException':
      return fatal(
        `there is no stream '${streamName}' in this account and region; check streamName, region and endpoint, or deploy the stream`,
      );
    case 'AccessDeniedException':
    case 'NotAuthorized':
      return fatal(`the credentials may not write; allow kinesis:PutRecords on '${streamName}'`);
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
    case 'MissingAuthenticationTokenException':
      return fatal('AWS does not know these credentials; check the access key and the region');
    case 'KMSAccessDeniedException':
      return fatal(
        `the credentials may not use the key of '${streamName}'; allow kms:GenerateDataKey`,
      );
    case 'KMSDisabledException':
    case 'KMSInvalidStateException':
    case 'KMSNotFoundException':
    case 'KMSOptInRequired':
      return fatal(`the KMS key of '${streamName}' cannot be used; restore or replace it`);
    case 'ValidationException':
    case 'InvalidArgumentException':
    case 'SerializationException':
      return {
        kind: 'refused',
        message: `Kinesis refuses the record (${reason}); is maxRecordBytes larger than the stream's maximum record size?`,
      };
    default:
      return /region is missing/i.test(reason)
        ? fatal('no AWS region is set; pass region or set AWS_REGION')
        : { kind: 'transient', message: reason };
  }

  function fatal(advice: string): TransportFault {
    return { kind: 'fatal', message: `${advice} (${reason})` };
  }
}
