import { buildApp } from 'fauxqs';
import { portError } from '../listen.ts';

const answersQueueUrl = new Set(
  ['CreateQueue', 'GetQueueUrl', 'ListQueues', 'ListDeadLetterSourceQueues'].map(
    (operation) => `AmazonSQS.${operation}`,
  ),
);

/** Options of {@link createS3SqsServer}. */
export interface S3SqsServerOptions {
  /** The port on 127.0.0.1; default 0, a free one. */
  readonly port?: number;
  /** The region in ARNs, unless a request's signature names another; default `us-east-1`. */
  readonly region?: string;
}

/** A running local S3 and SQS. */
export interface S3SqsServer {
  /** `http://127.0.0.1:<port>`, the same for both; S3 clients need `forcePathStyle`. */
  readonly endpoint: string;
  /** Drops open connections, long polls included, and all data. */
  close(): Promise<void>;
}

/**
 * Starts S3 and SQS (fauxqs) on 127.0.0.1, in memory.
 *
 * Queue URLs are `http://127.0.0.1:<port>/000000000000/<name>`: SQS clients send requests to the
 * host in the queue's URL, whatever endpoint they were given, so that host has to be this machine.
 *
 * @throws LocalAwsError `port_in_use` when a fixed port is taken
 */
export async function createS3SqsServer(options: S3SqsServerOptions = {}): Promise<S3SqsServer> {
  const { port = 0, region = 'us-east-1' } = options;
  const app = buildApp({ logger: false, defaultRegion: region });
  let endpoint = '';
  // fauxqs puts queues at sqs.<region>.localhost, a name that not every machine resolves.
  app.addHook('onSend', async ({ headers }, _reply, payload) => {
    const answersUrl = answersQueueUrl.has(String(headers['x-amz-target']));
    if (!answersUrl || typeof payload !== 'string') return payload;
    return payload.replaceAll(/http:\/\/sqs\.[^./]+\.localhost(:\d+)?/g, endpoint);
  });
  try {
    endpoint = await app.listen({ port, host: '127.0.0.1' });
    return { endpoint, close: () => app.close() };
  } catch (cause) {
    await app.close();
    throw cause instanceof Error ? portError(cause, port, 'S3 and SQS') : cause;
  }
}
