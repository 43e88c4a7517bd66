import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createProducer } from '@clickstream/producer';
import { REGION, STREAM } from '../protocol.ts';
import type { MemoryFigures, MemoryMessage, MemorySettings } from './run-memory.ts';

// `node memory-process.ts <MemorySettings as JSON>`, over an IPC channel. Events are made on the
// fly, so that nothing but the producer holds them.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the runner wrote it
const settings = JSON.parse(process.argv[2] ?? '{}') as MemorySettings;
const { endpoint, whenFull, maxBufferBytes, warmUp, events, eventsPerSecond } = settings;
const tell = (message: MemoryMessage): void => void process.send?.(message);
const MIB = 2 ** 20;
const TICK_MS = 10;

let failed = 0;
const producer = createProducer({
  streamName: STREAM,
  region: REGION,
  endpoint,
  whenFull,
  maxBufferBytes,
  onUndeliverable: () => void (failed += 1),
});

for (let number = 0; number < warmUp; number += 1) track(number);
await producer.flush();
const before = producer.stats();
failed = 0;
// Once, so that what is measured does not begin with the warm-up's garbage.
setFlagsFromString('--expose-gc');
runInNewContext('gc(); gc()');
const idleRss = process.memoryUsage.rss();
const toldToGoOn = new Promise<void>((resolve) => process.once('message', () => resolve()));
tell({ kind: 'warm' });
await toldToGoOn;

let [peakRss, peakBuffered] = [0, 0];
const startMs = performance.now();
for (let tracked = 0; tracked < events; await sleep(TICK_MS)) {
  const due = Math.min(events, ((performance.now() - startMs) / 1_000) * eventsPerSecond);
  for (; tracked < due; tracked += 1) track(tracked);
  peakRss = Math.max(peakRss, process.memoryUsage.rss());
  peakBuffered = Math.max(peakBuffered, producer.stats().bufferedBytes);
}
await producer.close();
const delivered = producer.stats().delivered - before.delivered;
const figures: MemoryFigures = {
  idleRssMiB: idleRss / MIB,
  peakRssMiB: peakRss / MIB,
  bufferedMiB: peakBuffered / MIB,
  delivered,
  failed,
  unsettled: events - delivered - failed,
};
tell({ kind: 'done', figures });
process.disconnect();

function track(number: number): void {
  void producer.pageView({
    user_id: `user-${number % 9_973}`,
    session_id: `session-${number}`,
    locale: 'de-CH',
    url: `https://shop.example/products/${number}?ref=newsletter`,
    referrer: 'https://search.example/?q=running+shoes',
    title: `Running shoes ${number}`,
  });
}
