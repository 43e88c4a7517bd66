import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, errorAnswer, readRequest, sendAnswer } from './aws-json.ts';
import { insteadOfServing, type KinesisFaultHook, recordFault } from './faults.ts';
import type { Input } from './input.ts';
import { openJournal } from './journal.ts';
import { createKinesis, execute, type KinesisOptions } from './kinesis.ts';
import { type HttpRequest, type HttpResponse, listen } from './listener.ts';
import { putRecordsWithFaults } from './put-operations.ts';

/** How a Kinesis server is set up. All optional. */
export interface KinesisServerOptions extends KinesisOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Milliseconds since 1970, for arrival times, limits and expiry. Default `Date.now`. */
  readonly now?: () => number;
  /**
   * A directory that keeps the streams and all that was ever put into them; the next server on it
   * goes on from there, also when this one is killed. Delete it to begin anew. Not for two servers
   * at a time. Default: memory, gone with the process.
   */
  readonly dataDir?: string;
  /** Makes requests fail on purpose. Default: none does. */
  readonly faults?: KinesisFaultHook;
  /** Draws the records that a fault of a given share hits, from [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

/** What a server has seen since it started. */
export interface KinesisServerStats {
  /** Requests by operation, those that failed included. */
  readonly requests: Readonly<Record<string, number>>;
  /** TCP connections accepted. */
  readonly connections: number;
  /** Records that PutRecord and PutRecords put into a stream. */
  readonly recordsAccepted: number;
}

/** A running Kinesis on this machine. */
export interface KinesisServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, to be given to a client as `endpoint`. */
  readonly endpoint: string;
  readonly stats: () => KinesisServerStats;
  /** Ends every connection, answered or not, and forgets the streams, unless a directory keeps them. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a Kinesis that keeps its records in memory, or in a directory too, and listens on the
 * loopback interface only, for HTTP/1.1 and HTTP/2 without TLS. Of AWS it leaves out: signatures and
 * permissions, registered consumers (SubscribeToShard), encryption, and on-demand streams that scale
 * by themselves.
 *
 * @example
 * await using server = await createKinesisServer();
 * const client = new KinesisClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
 *
 * @throws {@link LocalAwsError} `invalid_option`, `invalid_data_dir`, or `port_in_use` when a fixed
 *   port is taken
 */
export async function createKinesisServer(
  options: KinesisServerOptions = {},
): Promise<KinesisServer> {
  const { port = 0, now = Date.now, faults, random = Math.random, dataDir } = options;
  using starting = new DisposableStack();
  const journal = dataDir === undefined ? undefined : openJournal(dataDir);
  starting.defer(() => journal?.close());
  const account = createKinesis(options, journal);
  const requests: Record<string, number> = {};
  const closing = new AbortController();

  async function answer(operation: string, input: Input): Promise<Answer | 'reset' | 'hang'> {
    requests[operation] = (requests[operation] ?? 0) + 1;
    const fault = faults?.({ operation, input });
    if (fault?.delayMs) await sleep(fault.delayMs, undefined, { signal: closing.signal });
    const instead = fault && insteadOfServing(fault);
    if (instead !== undefined) return instead;
    const serve = (): object =>
      fault?.kind === 'records' && operation === 'PutRecords'
        ? putRecordsWithFaults(account, input, now(), recordFault(fault, random))
        : execute(account, operation, input, now());
    const body = serve();
    if (fault?.kind === 'twice') serve();
    // Before anybody is told of it.
    journal?.flush();
    if (fault?.kind === 'commit_then_reset') return 'reset';
    if (fault?.kind === 'commit_then_hang') return 'hang';
    return { status: 200, body };
  }

  async function respond(
    request: HttpRequest,
    response: HttpResponse,
    reset: () => void,
  ): Promise<void> {
    try {
      const { operation, input } = await readRequest(request);
      const outcome = await answer(operation, input);
      if (outcome === 'reset') reset();
      else if (outcome !== 'hang') sendAnswer(response, outcome);
    } catch (error) {
      sendAnswer(response, errorAnswer(error));
    }
  }

  const listener = await listen(port, (request, response, reset) => {
    void respond(request, response, reset);
  });

  async function close(): Promise<void> {
    closing.abort();
    await listener.close();
    account.streams.clear();
    running.dispose();
  }

  const running = starting.move();
  return {
    endpoint: listener.endpoint,
    stats: () => ({
      requests: { ...requests },
      connections: listener.connections(),
      recordsAccepted: account.recordsAccepted,
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
