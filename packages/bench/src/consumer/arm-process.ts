import type { KinesisStreamEvent } from 'aws-lambda';
import { BenchError } from '../errors.ts';
import { arms } from './arms.ts';
import { batchText } from './batch.ts';

// A process for one arm and round: `node arm-process.ts <arm> <records> <users>`, over an IPC
// channel. It says when it is warm, and works through a batch whenever it is told to go on.
const [name = '', ...numbers] = process.argv.slice(2);
const [records = 0, users = 0] = numbers.map(Number);

/** What it says. */
export type ArmMessage =
  | { readonly kind: 'warm'; readonly firstBatchMs: number }
  | ({ readonly kind: 'batch' } & Cost);

/** Of one batch. */
export interface Cost {
  /** Of all threads: garbage collection and compilation are part of the price. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Of the process so far. */
  readonly peakRssMiB: number;
}

/** Batches before the clock runs, at most: a busy machine compiles late. */
const WARM_UP = 15;
/** So long at most, for slow arms. */
const WARM_UP_MS = 4_000;

const arm = arms[name];
if (arm === undefined) throw new BenchError('invalid_option', `There is no arm ${name}.`);
const text = batchText(records, users);
const consume = await arm.open();
const tell = (message: ArmMessage): void => void process.send?.(message);

const beganMs = performance.now();
const { wallMs: firstBatchMs } = await measure();
for (let batch = 0; batch < WARM_UP && performance.now() - beganMs < WARM_UP_MS; batch += 1) {
  await measure();
}
process.on('message', () => void measure().then((cost) => tell({ kind: 'batch', ...cost })));
tell({ kind: 'warm', firstBatchMs });

async function measure(): Promise<Cost> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- batch.ts wrote it
  const batch = JSON.parse(text) as KinesisStreamEvent;
  // What parsing the batch leaves behind is not the arm's. Of the young generation only: a full
  // collection throws optimized code away, too, and the arm with the most code would pay for that.
  globalThis.gc?.({ type: 'minor' });
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const events = await consume(batch);
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  if (events !== records) {
    throw new BenchError('wrong_answer', `${name} handled ${events} of ${records} events.`);
  }
  const peakRssMiB = process.resourceUsage().maxRSS / 1024;
  return { cpuMs: (user + system) / 1000, wallMs, peakRssMiB };
}
