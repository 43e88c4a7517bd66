/* oxlint-disable typescript/no-unsafe-argument, typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return, no-underscore-dangle -- untyped JavaScript, see below */
// What runs in a function's process: the Node.js runtime as Lambda's own behaves, without its native
// parts. Plain JavaScript, because stripping types costs each process 18 MB and 40 ms, and built-in
// modules only, because every environment pays for its start.
// The API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const {
  AWS_LAMBDA_RUNTIME_API: api,
  LAMBDA_TASK_ROOT: root = '.',
  _HANDLER: name = '',
} = process.env;
const base = `http://${api}/2018-06-01/runtime`;

// stdin is a pipe that nobody writes to: it ends when the parent does, however that came about. The
// watcher is a thread, so that a handler in an endless loop does not outlive its parent either.
new Worker(
  `new (require('node:net').Socket)({ fd: 0 }).on('close', () => process.kill(process.pid, 'SIGKILL')).resume();`,
  {
    eval: true,
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
  },
).unref();

// Events and results travel on connections of their own: a large event may still be on its way out
// of the server's buffers when the next request arrives.
const events = new Agent({ keepAlive: true });
const results = new Agent({ keepAlive: true });

function call(method, path, agent, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const outgoing = request(`${base}${path}`, { method, agent, headers }, (incoming) => {
      const chunks = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('end', () => resolve({ headers: incoming.headers, body: Buffer.concat(chunks) }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

class RuntimeError extends Error {
  constructor(type, message, options) {
    super(message, options);
    this.name = type;
  }
}

function describe(thrown, type) {
  const error = thrown instanceof Error ? thrown : new RuntimeError(typeof thrown, String(thrown));
  return JSON.stringify({
    errorType: type ?? error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n'),
  });
}

async function load() {
  const dot = name.lastIndexOf('.');
  const [file, exported] = [name.slice(0, dot), name.slice(dot + 1)];
  if (dot < 1) throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler ${name}`);
  const path = ['.mjs', '.js', '.cjs'].map((end) => join(root, file + end)).find(existsSync);
  if (!path)
    throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  let module;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${cause.message}`, {
        cause,
      });
    if (cause?.code === 'ERR_MODULE_NOT_FOUND' || cause?.code === 'MODULE_NOT_FOUND')
      throw new RuntimeError('Runtime.ImportModuleError', `Error: ${cause.message}`, { cause });
    throw cause;
  }
  const handler = module[exported] ?? module.default?.[exported];
  if (handler === undefined)
    throw new RuntimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof handler !== 'function')
    throw new RuntimeError('Runtime.HandlerNotFound', `${name} is not a function`);
  if (handler.length > 2)
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      `${name} takes a callback; nodejs24.x has no callbacks any more: use an async function`,
    );
  return handler;
}

function createContext(headers) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

function stringify(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (cause) {
    throw new RuntimeError(
      'Runtime.MarshalError',
      `Unable to stringify response body: ${cause.message}`,
      {
        cause,
      },
    );
  }
}

// Ctrl-C in a terminal reaches this process too; it is the parent's to end what runs here.
process.on('SIGINT', () => {});

let requestId;

// What escapes the handler fails the invocation under way and ends the process, as on Lambda.
async function fail(thrown, type) {
  console.error(thrown);
  const path = requestId === undefined ? '/init/error' : `/invocation/${requestId}/error`;
  await call('POST', path, results, describe(thrown, type)).finally(() => process.exit(1));
}
process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (reason) => {
  const message = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  const type = 'Runtime.UnhandledPromiseRejection';
  void fail(new RuntimeError(type, message, { cause: reason }), type);
});

let handler;
try {
  handler = await load();
} catch (error) {
  await fail(error);
}

for (;;) {
  const { headers, body } = await call('GET', '/invocation/next', events);
  requestId = headers['lambda-runtime-aws-request-id'];
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  let path = `/invocation/${requestId}/response`;
  let result;
  try {
    result = stringify(await handler(JSON.parse(body.toString()), createContext(headers)));
  } catch (error) {
    console.error(error);
    path = `/invocation/${requestId}/error`;
    result = describe(error);
  }
  await call('POST', path, results, result);
  requestId = undefined;
}
