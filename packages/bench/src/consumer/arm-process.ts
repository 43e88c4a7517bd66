import type { KinesisStreamEvent } from 'aws-lambda';
import { BenchError } from '../errors.ts';
import { summarize } from '../statistics.ts';
import { arms } from './arms.ts';
import { batchText } from './batch.ts';

// A process for one arm and round: `node arm-process.ts <arm> <records> <users> <batches>`. Prints
// what one batch costs, as JSON.
const [name = '', ...numbers] = process.argv.slice(2);
const [records = 0, users = 0, batches = 0] = numbers.map(Number);

/** Batches before the clock runs: a busy machine compiles late. */
const WARM_UP = 15;

/** An arm that takes longer gets fewer batches. */
const LIMIT_MS = 4_000;

const arm = arms[name];
if (arm === undefined) throw new BenchError('invalid_option', `There is no arm ${name}.`);
const text = batchText(records, users);
const consume = await arm.open();

const [first] = await measure(1);
await measure(WARM_UP);
const costs = await measure(batches);
/** Of the batches: what disturbs one of them is not the arm's. */
const median = (of: (cost: Cost) => number): number => summarize(costs.map(of)).median;
process.stdout.write(
  JSON.stringify({
    cpuMs: median(({ cpuMs }) => cpuMs),
    wallMs: median(({ wallMs }) => wallMs),
    firstBatchMs: first?.wallMs,
    peakRssMiB: process.resourceUsage().maxRSS / 1024,
  }),
);

interface Cost {
  /** Of all threads: garbage collection and compilation are part of the price. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

async function measure(times: number): Promise<Cost[]> {
  const measured: Cost[] = [];
  const beganMs = performance.now();
  for (let time = 0; time < times; time += 1) {
    if (time > 0 && performance.now() - beganMs > LIMIT_MS) break;
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
    measured.push({ cpuMs: (user + system) / 1000, wallMs });
  }
  return measured;
}
