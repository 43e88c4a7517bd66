import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '@clickstream/local-aws';
import { type ChaosReport, startChaos } from './chaos/chaos.ts';
import { planForeignRecords } from './foreign-records.ts';
import { computeLedger, type ForeignReceipt, type Ledger, type ToldEvent } from './ledger.ts';
import type { DemoOptions } from './options.ts';
import { connect, type Pipeline, type RunningStack, settledRecords } from './pipeline.ts';
import type { Progress } from './progress.ts';
import { createRandom } from './random.ts';
import { sendForeignRecords } from './send-foreign-records.ts';
import { sendShoppers } from './send-shoppers.ts';
import { planShoppers } from './shoppers.ts';
import { watchForStall } from './stall.ts';
import { startStorefront } from './storefront-process.ts';
import { synthesize } from './synthesize.ts';

/** The ledger, and how long it all took. */
export interface DemoLedger extends Ledger {
  /** From the start of the command to the ledger. */
  readonly durationMs: number;
  /** Events applied per second, from the first one sent to the last write. */
  readonly eventsPerSecond: number;
  /** Only of a run with chaos. */
  readonly chaos?: ChaosReport;
}

export interface DemoHooks {
  readonly progress: Progress;
  /** Ends the demo early; everything that was started is closed. */
  readonly signal: AbortSignal;
  readonly onLog: (source: string, line: string) => void;
  /** The pipeline runs; nothing has been sent yet. */
  readonly onBoot?: (aws: LocalAws) => void;
  readonly onLedger: (ledger: DemoLedger) => void;
  /** Keep everything running after the ledger until the signal. */
  readonly stay: boolean;
}

/** Shoppers who are in the shop at the same time. */
const concurrentShoppers = 128;

/** Longer than anything that a fault can cost: a function's timeout, a message's invisibility. */
const stallMs = 180_000;

/** Runs the pipeline from shop to store on this machine and answers what became of every event. */
export async function runDemo(options: DemoOptions, hooks: DemoHooks): Promise<DemoLedger> {
  const startedAtMs = performance.now();
  const { progress, signal } = hooks;
  await using resources = new AsyncDisposableStack();
  const assemblyDir = await mkdtemp(join(tmpdir(), 'clickstream-demo-'));
  resources.defer(() => rm(assemblyDir, { recursive: true, force: true }));

  progress.step('Synthesizing the stack');
  await synthesize(assemblyDir, signal);

  progress.step('Booting it on local services');
  const scene = options.chaos
    ? await startChaos(options, assemblyDir, hooks.onLog)
    : await startCalmly(options, assemblyDir, hooks);
  resources.defer(() => scene.close());
  const pipeline = connect(scene.stack);
  resources.defer(() => pipeline.close());

  progress.step(`Shopping at ${scene.url}`);
  const sentAtMs = performance.now();
  const { told, foreign } = await shop(options, scene, pipeline, {
    progress,
    signal: AbortSignal.any([signal, scene.failed]),
  });
  const drainedAtMs = performance.now();

  progress.step('Reading the tables, the bucket and the queue');
  const ledger = computeLedger(await pipeline.evidence(told, foreign));
  const result: DemoLedger = {
    ...ledger,
    durationMs: Math.round(performance.now() - startedAtMs),
    eventsPerSecond: Math.round((ledger.applied / (drainedAtMs - sentAtMs)) * 1000),
    ...(scene.report && { chaos: scene.report() }),
  };
  hooks.onLedger(result);
  if (hooks.stay && !signal.aborted) {
    progress.step(`\nThe shop stays open at ${scene.url}; Ctrl-C ends it.`);
    progress.step(`What lies in quarantine: ${pipeline.quarantineCommand}`);
    const variables = Object.entries(scene.stack.env).map(([name, value]) => `${name}=${value}`);
    progress.step(`For the AWS CLI and every AWS SDK: export ${variables.join(' ')}`);
    await once(signal, 'abort');
  }
  return result;
}

/** The stack and the shop in front of it, and what happens to them while events are sent. */
interface Scene {
  readonly stack: RunningStack;
  readonly url: string;
  /** Aborted when there is no point in going on. */
  readonly failed: AbortSignal;
  /** The part of all events that are one shopper's. */
  readonly hotShare?: number;
  readonly onProgress?: (events: number) => void;
  /** Once all is sent, and once all is settled. */
  readonly endKills?: () => Promise<void>;
  readonly calm?: () => void;
  readonly report?: () => ChaosReport;
  close(): Promise<void>;
}

async function startCalmly(
  options: DemoOptions,
  assemblyDir: string,
  { onLog, onBoot }: DemoHooks,
): Promise<Scene> {
  await using starting = new AsyncDisposableStack();
  const aws = await startLocalAws({
    assemblyDir,
    stackName: 'Clickstream',
    // On AWS a dead letter whose handler died waits for six minutes; nobody would watch that.
    redeliverAfterSeconds: 1,
    onLog,
  });
  starting.defer(() => aws.close());
  const storefront = await startStorefront(
    {
      ...aws.env,
      STREAM_NAME: aws.outputs['StreamName'] ?? '',
      PORT: String(options.port),
      AGGREGATION: String(options.aggregate),
    },
    (line) => onLog('storefront', line),
  );
  starting.defer(() => storefront.close());
  onBoot?.(aws);
  const running = starting.move();
  return {
    stack: { ...aws, settled: () => settledRecords(aws) },
    url: storefront.url,
    failed: storefront.ended,
    close: () => running.disposeAsync(),
  };
}

/** Sends what shoppers and the foreign producer have to send and waits until all of it is settled. */
async function shop(
  { events, poison, seed }: DemoOptions,
  scene: Scene,
  pipeline: Pipeline,
  { progress, signal }: Pick<DemoHooks, 'progress' | 'signal'>,
): Promise<{ told: ToldEvent[]; foreign: ForeignReceipt[] }> {
  const { url: origin } = scene;
  const random = createRandom(seed);
  const nowMs = Date.now();
  const shoppers = planShoppers(events, origin, nowMs, random, scene.hotShare);
  const shopperIds = shoppers.map(({ userId }) => userId);
  const records = planForeignRecords(Math.round(events * poison), shopperIds, nowMs, random);

  const tracked = progress.count('tracked', events);
  const foreign = progress.count('foreign', records.length);
  const settled = progress.count('settled', events + records.length);
  const timer = setInterval(() => settled.set(pipeline.settled()), 100);
  const sent = { events: 0, records: 0 };
  const stall = watchForStall(
    stallMs,
    () =>
      `${sent.events} events and ${sent.records} foreign records sent, ${pipeline.settled()} settled`,
  );
  // When one of the two fails, the other one need not go on.
  const failed = new AbortController();
  const going = AbortSignal.any([signal, stall.signal]);
  const either = AbortSignal.any([going, failed.signal]);
  const orElse = (error: unknown): never => {
    failed.abort(error);
    throw error;
  };
  try {
    const [told, positions] = await Promise.all([
      sendShoppers(shoppers, {
        origin,
        concurrency: concurrentShoppers,
        signal: either,
        onProgress: (count) => {
          tracked.add(count);
          sent.events += count;
          scene.onProgress?.(count);
        },
      }).catch(orElse),
      sendForeignRecords(pipeline.kinesis, records, {
        streamName: pipeline.streamName,
        signal: either,
        onProgress: (count) => {
          foreign.add(count);
          sent.records += count;
        },
      }).catch(orElse),
    ]);
    await scene.endKills?.();
    await pipeline.drain(going);
    scene.calm?.();
    settled.set(pipeline.settled());
    return { told, foreign: positions };
  } finally {
    clearInterval(timer);
    stall.close();
    progress.close();
  }
}
