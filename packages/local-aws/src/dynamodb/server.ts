import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeServer, listen, serverOptions } from '../listen.ts';
import { LocalAwsError } from '../local-aws-error.ts';
import {
  act,
  db,
  describeTable,
  isObject,
  isOperation,
  type Json,
  type Store,
  settle,
  validate,
} from './dynalite.ts';
import { ServiceError } from './service-error.ts';
import { createTransactions, transactionCanceled } from './transactions.ts';
import { writeItems } from './write-items.ts';

const maxRequestBytes = 16 * 1024 * 1024;

/** What goes wrong with a request: an error in place of carrying it out, or a lost connection. */
export interface DynamoDbFault {
  /**
   * The exception, such as `ThrottlingException`; `TransactionConflict` cancels a transaction.
   * `reset` tears the connection down before, `commit_then_reset` after the request takes effect;
   * `hang` and `commit_then_hang` never answer. `twice` carries it out twice and answers as the
   * first time, `delay` only takes its time.
   */
  readonly type: string;
  /** How long the request waits before anything else happens, in ms. Default 0. */
  readonly delayMs?: number;
  /** Default: the type. */
  readonly message?: string;
  /** Default: 400. */
  readonly statusCode?: number;
}

/** Options of {@link createDynamoDbServer}. */
export interface DynamoDbServerOptions {
  /** The port on 127.0.0.1; default 0, a free one. */
  readonly port?: number;
  /** The region in ARNs; default `us-east-1`. */
  readonly region?: string;
  /** A directory that keeps tables and items, also when this process is killed. Default: memory. */
  readonly dataDir?: string;
  /** Called before every request; what it returns is answered in its place. Default: no faults. */
  readonly faults?: (operation: string, input: Readonly<Json>) => DynamoDbFault | undefined;
}

/** A running local DynamoDB. */
export interface DynamoDbServer {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** Drops open connections, and all data unless a directory keeps it. */
  close(): Promise<void>;
}

/**
 * Starts DynamoDB on 127.0.0.1, in memory or in a directory (LevelDB): dynalite, and what it lacks: TransactWriteItems,
 * TransactGetItems, `ReturnValuesOnConditionCheckFailure`, and sizes counted in bytes.
 *
 * @throws LocalAwsError `port_in_use` when a fixed port is taken, `invalid_data_dir` when another
 *   process uses the directory or it holds something else
 */
export async function createDynamoDbServer(
  options: DynamoDbServerOptions = {},
): Promise<DynamoDbServer> {
  // A table is there at once: dynalite's own delays only stand for the waiting on AWS.
  const delays = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  const store = db.create({ ...delays, ...(options.dataDir && { path: options.dataDir }) });
  store.tableDb.awsRegion = options.region ?? 'us-east-1';
  store.tableDb.awsAccountId = '000000000000';
  if (options.dataDir !== undefined) await openDirectory(store, options.dataDir);
  const run = createRunner(store, options.faults);

  const server = createServer(serverOptions, (request, response) => {
    void answer(request, response, run);
  });
  const endpoint = await listen(server, options.port ?? 0, 'DynamoDB');
  return {
    endpoint,
    async close() {
      await closeServer(server);
      await settle<void>((callback) => store.db.close(callback));
    },
  };
}

async function openDirectory(store: Store, dataDir: string): Promise<void> {
  try {
    await store.db.open();
  } catch (cause) {
    throw new LocalAwsError(
      'invalid_data_dir',
      `${dataDir} cannot be opened: end the process that uses it, or delete it to begin anew.`,
      { cause },
    );
  }
}

/** What is done with a connection instead of an answer. */
type NoAnswer = 'reset' | 'hang';
type Run = (operation: string, input: Json) => Promise<Json | NoAnswer>;

function createRunner(store: Store, faults: DynamoDbServerOptions['faults']): Run {
  const transactions = createTransactions(store);
  return async (operation, input) => {
    const fault = faults?.(operation, input);
    if (fault?.delayMs) await sleep(fault.delayMs);
    if (fault?.type === 'reset' || fault?.type === 'hang') return fault.type;
    if (fault && !takesEffect.has(fault.type)) throw faultError(fault, input);
    const output = await carryOut(operation, input);
    // What a repetition is told, nobody hears.
    if (fault?.type === 'twice') await carryOut(operation, input).catch(() => undefined);
    if (fault?.type === 'commit_then_reset') return 'reset';
    return fault?.type === 'commit_then_hang' ? 'hang' : output;
  };

  function carryOut(operation: string, input: Json): Promise<Json> {
    switch (operation) {
      case 'TransactWriteItems':
        return transactions.write(input);
      case 'TransactGetItems':
        return transactions.get(input);
      case 'PutItem':
      case 'UpdateItem':
      case 'DeleteItem':
        return writeOne(store, operation, input);
      case 'CreateTable':
        return createTable(store, input);
      default:
        if (isOperation(operation)) return act(store, operation, validate(store, operation, input));
        throw new ServiceError(
          'UnknownOperationException',
          `The local DynamoDB has no operation ${operation}`,
        );
    }
  }
}

const takesEffect = new Set(['commit_then_reset', 'commit_then_hang', 'twice', 'delay']);

async function createTable(store: Store, input: Json): Promise<Json> {
  const checked = validate(store, 'CreateTable', input);
  const output = await act(store, 'CreateTable', checked);
  // dynalite makes the table active on a timer of its own.
  while (!(await isActive(store, checked.TableName))) await sleep();
  return output;
}

async function isActive(store: Store, table: string): Promise<boolean> {
  try {
    await describeTable(store, table);
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.type === 'ResourceNotFoundException') return false;
    throw error;
  }
}

async function writeOne(
  store: Store,
  kind: 'PutItem' | 'UpdateItem' | 'DeleteItem',
  input: Json,
): Promise<Json> {
  const returnExisting = input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD';
  const operation = { kind, checked: validate(store, kind, input), returnExisting };
  const [outcome] = await writeItems(store, [operation]);
  if (outcome?.ok) return outcome.output;
  const { type, message } = outcome?.error ?? new ServiceError('InternalServerError', 'No outcome');
  throw outcome?.existing
    ? new ServiceError(type, message, { details: { Item: outcome.existing } })
    : (outcome?.error ?? new ServiceError(type, message, { statusCode: 500 }));
}

function faultError(fault: DynamoDbFault, input: Json): ServiceError {
  const items = input['TransactItems'];
  if (fault.type === 'TransactionConflict' && Array.isArray(items))
    return transactionCanceled(items.map(() => ({ Code: fault.type })));
  const statusCode = fault.statusCode ?? 400;
  return new ServiceError(fault.type, fault.message ?? fault.type, { statusCode });
}

async function answer(request: IncomingMessage, response: ServerResponse, run: Run): Promise<void> {
  let status = 200;
  let body: Json | NoAnswer;
  try {
    const input = await readJson(request);
    const target = request.headers['x-amz-target'];
    const operation = typeof target === 'string' ? target.slice(target.indexOf('.') + 1) : '';
    body = await run(operation, input);
  } catch (error) {
    // A client that went away gets no answer; everything else is an answer too.
    if (response.destroyed) return;
    const failure = ServiceError.from(error);
    status = failure.statusCode;
    body = failure.body;
  }
  if (body === 'reset') request.socket.resetAndDestroy();
  if (body === 'reset' || body === 'hang') return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxRequestBytes)
      throw new ServiceError('SerializationException', 'The request is over 16 MiB', {
        statusCode: 413,
      });
    chunks.push(chunk);
  }
  try {
    const input: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (isObject(input)) return input;
  } catch (cause) {
    throw new ServiceError('SerializationException', 'The request is not JSON', { cause });
  }
  throw new ServiceError('SerializationException', 'The request is not a JSON object');
}
