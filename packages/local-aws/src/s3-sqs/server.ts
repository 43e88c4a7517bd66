import { buildApp } from 'fauxqs';
import { portError } from '../listen.ts';
import { openKeptStores } from './kept-stores.ts';

const sqsPrefix = 'AmazonSQS.';
const answersQueueUrl = new Set([
  'CreateQueue',
  'GetQueueUrl',
  'ListQueues',
  'ListDeadLetterSourceQueues',
]);

/** What goes wrong with one request. */
export interface S3SqsFault {
  /**
   * `unavailable`: nothing is done, the answer is HTTP 503. `reset`: nothing is done, the connection
   * is torn down. `commit_then_reset`: the request takes effect, then the connection is torn down.
   */
  readonly kind: 'unavailable' | 'reset' | 'commit_then_reset';
}

/** Options of {@link createS3SqsServer}. */
export interface S3SqsServerOptions {
  /** The port on 127.0.0.1; default 0, a free one. */
  readonly port?: number;
  /** The region in ARNs, unless a request's signature names another; default `us-east-1`. */
  readonly region?: string;
  /**
   * A directory that keeps queues with their messages and buckets with their objects, also when this
   * process is killed. Default: memory.
   */
  readonly dataDir?: string;
  /**
   * Called before every request, with the operation of SQS, such as `SendMessage`, or the method of
   * S3, such as `PUT`. Default: no faults.
   */
  readonly faults?: (service: 'sqs' | 's3', operation: string) => S3SqsFault | undefined;
}

/** A running local S3 and SQS. */
export interface S3SqsServer {
  /** `http://127.0.0.1:<port>`, the same for both; S3 clients need `forcePathStyle`. */
  readonly endpoint: string;
  /** Drops open connections, long polls included, and all data unless a directory keeps it. */
  close(): Promise<void>;
}

/**
 * Starts S3 and SQS (fauxqs) on 127.0.0.1, in memory or in a directory (SQLite).
 *
 * Queue URLs are `http://127.0.0.1:<port>/000000000000/<name>`: SQS clients send requests to the
 * host in the queue's URL, whatever endpoint they were given, so that host has to be this machine.
 *
 * @throws LocalAwsError `port_in_use` when a fixed port is taken, `invalid_data_dir`
 */
export async function createS3SqsServer(options: S3SqsServerOptions = {}): Promise<S3SqsServer> {
  const { port = 0, region = 'us-east-1', dataDir, faults } = options;
  const kept = dataDir === undefined ? undefined : await openKeptStores(dataDir);
  const app = buildApp({
    logger: false,
    defaultRegion: region,
    ...(kept && { stores: kept.stores }),
  });
  app.addHook('onClose', () => kept?.close());
  let endpoint = '';
  // fauxqs puts queues at sqs.<region>.localhost, a name that not every machine resolves.
  app.addHook('onSend', async ({ headers }, _reply, payload) => {
    const answersUrl = answersQueueUrl.has(sqsOperation(headers) ?? '');
    if (!answersUrl || typeof payload !== 'string') return payload;
    return payload.replaceAll(/http:\/\/sqs\.[^./]+\.localhost(:\d+)?/g, endpoint);
  });
  if (faults) {
    const resetWhenDone = new WeakSet<object>();
    app.addHook('onRequest', async (request, reply) => {
      const operation = sqsOperation(request.headers);
      const service = operation === undefined ? 's3' : 'sqs';
      const fault = faults(service, operation ?? request.method);
      if (fault?.kind === 'commit_then_reset') resetWhenDone.add(request);
      else if (fault?.kind === 'unavailable') await reply.code(503).send(unavailable[service]);
      else if (fault?.kind === 'reset') {
        reply.hijack();
        request.socket.resetAndDestroy();
      }
    });
    app.addHook('onSend', async (request, _reply, payload) => {
      if (resetWhenDone.has(request)) request.socket.resetAndDestroy();
      return payload;
    });
  }
  try {
    endpoint = await app.listen({ port, host: '127.0.0.1' });
    return { endpoint, close: () => app.close() };
  } catch (cause) {
    await app.close();
    throw cause instanceof Error ? portError(cause, port, 'S3 and SQS') : cause;
  }
}

const unavailable = {
  sqs: { __type: 'com.amazonaws.sqs#ServiceUnavailable', message: 'Service unavailable.' },
  s3: '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
};

/** Undefined: it is a request to S3. */
function sqsOperation(headers: Readonly<Record<string, unknown>>): string | undefined {
  const target = headers['x-amz-target'];
  return typeof target === 'string' && target.startsWith(sqsPrefix)
    ? target.slice(sqsPrefix.length)
    : undefined;
}
