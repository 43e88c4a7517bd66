/** Programs of several processes or threads; run by processes.test.ts. */
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';
import { createProducer, type LambdaContext, withProducer } from '../src/index.ts';

const EVENTS = 500;
const SCRIPT = fileURLToPath(import.meta.url);
const streamName = process.env['STREAM_NAME'] ?? '';

/** What every process and every thread does on its own. */
async function track(): Promise<void> {
  await using producer = createProducer({ streamName });
  for (let index = 0; index < EVENTS; index += 1) {
    void producer.pageView({ user_id: `user-${index % 10}`, url: 'https://shop.example/' });
  }
}

const [, , script = ''] = process.argv;
switch (script) {
  case 'fork':
    await Promise.all([
      track(),
      once(fork(SCRIPT, ['track'], { execArgv: process.execArgv }), 'exit'),
    ]);
    break;
  case 'cluster':
    if (cluster.isPrimary) {
      await Promise.all([track(), once(cluster.fork(), 'exit')]);
    } else {
      await track();
      cluster.worker?.disconnect();
    }
    break;
  case 'worker_threads':
    if (isMainThread) {
      await Promise.all([track(), once(new Worker(SCRIPT, { argv: [script] }), 'exit')]);
    } else {
      await track();
    }
    break;
  case 'track':
    await track();
    break;
  case 'lambda': {
    // Like Lambda's runtime: an invocation a line, its title and its time limit; then nothing runs until the next one.
    const handler = withProducer(
      { streamName, flushMarginMs: 100, requestTimeoutMs: 1_000, onPending: () => undefined },
      (title: string, _context: LambdaContext, producer) => {
        void producer.pageView({ user_id: 'user-1', url: 'https://shop.example/', title });
        return title;
      },
    );
    console.log('ready');
    for await (const line of createInterface({ input: process.stdin })) {
      const [title = '', limitMs] = line.split(' ');
      const endsAtMs = performance.now() + Number(limitMs);
      const context = { getRemainingTimeInMillis: () => endsAtMs - performance.now() };
      console.log(await handler(title, context));
    }
    break;
  }
  default:
    throw new Error(`no such script: ${script}`);
}
