/** Programs that are watched, frozen or killed; run by processes.test.ts. */
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { createProducer, type LambdaContext, withProducer } from '../../src/index.ts';
import { STREAM } from '../kinesis.ts';
import { IntervalQueue, type View } from './naive.ts';

const [, , way = '', script = '', argument = ''] = process.argv;
const isNaive = way === 'naive';
const INTERVAL_MS = 5_000;

interface Writer {
  track(view: View): unknown;
  flush(): Promise<unknown>;
}

/** The options are ours; the naive way has none of these. */
function createWriter(options: { maxBufferBytes?: number; directory?: string } = {}): Writer {
  if (isNaive) return new IntervalQueue(new KinesisClient(), INTERVAL_MS);
  const { maxBufferBytes, directory } = options;
  const producer = createProducer({
    streamName: STREAM,
    maxBufferBytes,
    spill: directory === undefined ? undefined : { directory },
    onUndeliverable: () => undefined,
  });
  return { track: (view) => void producer.pageView(view), flush: () => producer.flush() };
}

function createView(number: number, path = ''): View {
  const user_id = `user-${number % 100}`;
  return { user_id, url: `https://shop.example/${path}`, title: String(number) };
}

/** Bytes that are in use, on the heap and in buffers. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  // Twice: a collection that was under way keeps what it had marked.
  runInNewContext('gc(); gc()');
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

switch (script) {
  case 'tracks': {
    // The number of events is the argument; a kilobyte each.
    const writer = createWriter({ maxBufferBytes: 4 * 1024 * 1024 });
    const before = bytesInUse();
    for (let number = 0; number < Number(argument); number += 1) {
      writer.track(createView(number, 'x'.repeat(1_000)));
      if (number % 1_000 === 999) await new Promise((resolve) => setImmediate(resolve));
    }
    console.log(bytesInUse() - before);
    break;
  }
  case 'forgets to close': {
    const writer = createWriter();
    writer.track(createView(1));
    await writer.flush();
    console.log('delivered');
    break;
  }
  case 'lambda': {
    const handler = isNaive
      ? createNaiveHandler()
      : withProducer({ streamName: STREAM }, (title: string, _context: LambdaContext, producer) => {
          void producer.pageView(createView(Number(title)));
          return title;
        });
    console.log('ready');
    for await (const title of createInterface({ input: process.stdin })) {
      console.log(await handler(title, { getRemainingTimeInMillis: () => 60_000 }));
    }
    break;
  }
  case 'accepts': {
    const writer = createWriter({ directory: argument });
    for (let number = 0; number < 100; number += 1) writer.track(createView(number));
    console.log('accepted');
    break;
  }
  case 'starts again':
    await createWriter({ directory: argument }).flush();
    console.log('flushed');
    break;
  default:
    throw new Error(`no such script: ${script}`);
}

function createNaiveHandler(): (title: string, context: LambdaContext) => Promise<string> {
  const writer = createWriter();
  return (title) => {
    writer.track(createView(Number(title)));
    return Promise.resolve(title);
  };
}
