import { setImmediate as turn } from 'node:timers/promises';
import { createProducer, type Producer } from '@clickstream/producer';
import { createWorkload, type WorkEvent } from '../producer/workload.ts';

/** What the producer's process is told, and what it answers. */
export interface ProducerSettings {
  readonly streamName: string;
  readonly events: number;
  readonly users: number;
  readonly aggregation: boolean;
}
export interface ProducerFigures {
  readonly cpuSeconds: number;
  /** When the first call was made, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** From the first call until the last receipt. */
  readonly seconds: number;
  readonly failed: number;
  /** From the call to the receipt, of each event, ascending. */
  readonly deliveryMs: readonly number[];
}

/** Events between two turns of the event loop, and bursts that may be without receipts. */
const BURST = 100;
const OPEN_BURSTS = 100;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the runner wrote it
const settings = JSON.parse(process.argv[2] ?? '{}') as ProducerSettings;
const { streamName, events, users, aggregation } = settings;
const work = createWorkload({ seed: 'pipeline', events, users });
const producer = createProducer({ streamName, aggregation });
const deliveryMs: number[] = [];
let failed = 0;

const cpu = process.cpuUsage();
const startMs = performance.now();
const open: Promise<unknown>[] = [];
for (let start = 0; start < work.length; start += BURST) {
  open.push(Promise.all(work.slice(start, start + BURST).map((event) => send(producer, event))));
  if (open.length >= OPEN_BURSTS) await open.shift();
  await turn();
}
await Promise.all(open);
const seconds = (performance.now() - startMs) / 1000;
await producer.close();
const { user, system } = process.cpuUsage(cpu);
const figures: ProducerFigures = {
  cpuSeconds: (user + system) / 1e6,
  startedAtMs: performance.timeOrigin + startMs,
  seconds,
  failed,
  deliveryMs: deliveryMs.toSorted((a, b) => a - b),
};
process.stdout.write(JSON.stringify(figures));

async function send(to: Producer, event: WorkEvent): Promise<void> {
  const calledMs = performance.now();
  try {
    await track(to, event);
    deliveryMs.push(performance.now() - calledMs);
  } catch {
    failed += 1;
  }
}

function track(to: Producer, event: WorkEvent): Promise<unknown> {
  if (event.method === 'pageView') return to.pageView(event.input);
  if (event.method === 'click') return to.click(event.input);
  return to.purchase(event.input);
}
