import { join } from 'node:path';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import type { DemoHooks } from '../demo.ts';
import type { DemoOptions } from '../options.ts';
import { createRandom } from '../random.ts';
import { type StorefrontProcess, startStorefront } from '../storefront-process.ts';
import { freePorts } from './free-ports.ts';
import { planKills, type Victim } from './kill-plan.ts';
import { type PipelineProcess, startPipelineProcess } from './pipeline-process.ts';
import { planReshards, reshard } from './reshards.ts';

/** What was done to the pipeline while it worked. */
export interface ChaosReport {
  /**
   * Processes that were killed, timed out (`frozen`) or ran out of memory (`full`), by what they
   * were; `pipeline` is all local services at once.
   */
  readonly kills: Readonly<Record<Victim, number>>;
  /** How often the stream got more or fewer shards while records flowed. */
  readonly reshards: number;
  /** Requests that went wrong on purpose, by service, operation and fault; 0: it did not happen. */
  readonly faults: Readonly<Record<string, number>>;
  /** How far the storefront's clock was off, each time that it was started. */
  readonly clockSkewsMs: readonly number[];
}

/** The part of all events that are one shopper's. */
const HOT_SHARE = 0.05;

/** Far beyond what Kinesis or a signature would forgive, in both directions. */
const MAX_SKEW_MS = 10 * 60_000;

const victimOf = {
  SIGKILL: 'stream-processor',
  SIGSTOP: 'frozen stream-processor',
  SIGUSR2: 'full stream-processor',
} as const;

/** The pipeline and the shop, with somebody who breaks them. */
export interface Chaos {
  readonly stack: PipelineProcess['stack'];
  readonly url: string;
  /** Aborted when something that was killed does not come back. */
  readonly failed: AbortSignal;
  readonly hotShare: number;
  /** To be told whenever events have been sent: carries out the kills that are due. */
  onProgress(events: number): void;
  /** Ends the kills but those that wait for a function to be at work; what was killed is back then. */
  endKills(): Promise<void>;
  /** Ends everything. */
  calm(): void;
  report(): ChaosReport;
  close(): Promise<void>;
}

/** Starts the pipeline on a directory, in a process of its own, and the storefront in front of it. */
export async function startChaos(
  options: DemoOptions,
  dir: string,
  onLog: DemoHooks['onLog'],
): Promise<Chaos> {
  const { events, seed, port, aggregate } = options;
  const random = createRandom(seed + 1);
  const [kinesisPort = 0, dynamodb = 0, s3Sqs = 0, free = 0] = await freePorts(4, random);
  const failed = new AbortController();
  const kills = {
    'stream-processor': 0,
    'frozen stream-processor': 0,
    'full stream-processor': 0,
    'dlq-handler': 0,
    storefront: 0,
    pipeline: 0,
  };
  const clockSkewsMs: number[] = [];
  const plan = planKills(events, random);
  const reshards = planReshards(events, random);
  let resharded = 0;
  let sent = 0;

  await using starting = new AsyncDisposableStack();
  const pipeline = await startPipelineProcess({
    assemblyDir: dir,
    dataDir: join(dir, 'state'),
    seed,
    ports: { kinesis: kinesisPort, dynamodb, s3Sqs },
    onLog,
    onEnd: (error) => failed.abort(error),
    onStruck: ({ function: name, signal }) => {
      if (name === 'DlqHandler') kills['dlq-handler'] += 1;
      else kills[victimOf[signal]] += 1;
    },
  });
  starting.defer(() => pipeline.close());
  let storefront: StorefrontProcess = await openShop();
  starting.defer(() => storefront.close());

  function openShop(): Promise<StorefrontProcess> {
    const settings = {
      ...pipeline.stack.env,
      STREAM_NAME: pipeline.stack.outputs['StreamName'] ?? '',
      PORT: String(port || free),
      AGGREGATION: String(aggregate),
    };
    const clockSkewMs = random.integer(-MAX_SKEW_MS, MAX_SKEW_MS);
    clockSkewsMs.push(clockSkewMs);
    return startStorefront(settings, (line) => onLog('storefront', line), clockSkewMs);
  }

  const restarts = {
    pipeline: () => pipeline.restart(),
    storefront: async () => {
      await storefront.kill();
      storefront = await openShop();
    },
  };
  const kinesis = new KinesisClient({
    region: pipeline.stack.region,
    endpoint: pipeline.stack.endpoints.kinesis,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  starting.defer(() => kinesis.destroy());
  // One at a time each: what is killed is up before.
  const turns = {
    pipeline: Promise.resolve(),
    storefront: Promise.resolve(),
    reshard: Promise.resolve(),
  };
  function takeTurn(whose: keyof typeof turns, act: () => Promise<void>): void {
    turns[whose] = turns[whose].then(act).catch((error: unknown) => failed.abort(error));
  }

  function kill(victim: Victim): void {
    switch (victim) {
      case 'stream-processor':
        return pipeline.strike({ function: 'StreamProcessor', signal: 'SIGKILL' });
      case 'frozen stream-processor':
        return pipeline.strike({ function: 'StreamProcessor', signal: 'SIGSTOP' });
      case 'full stream-processor':
        return pipeline.strike({ function: 'StreamProcessor', signal: 'SIGUSR2' });
      case 'dlq-handler':
        return pipeline.strike({ function: 'DlqHandler', signal: 'SIGKILL' });
      case 'storefront':
      case 'pipeline':
        kills[victim] += 1;
        return takeTurn(victim, restarts[victim]);
    }
  }

  const running = starting.move();
  return {
    stack: pipeline.stack,
    url: storefront.url,
    failed: failed.signal,
    hotShare: HOT_SHARE,
    onProgress(count) {
      sent += count;
      while (plan[0] !== undefined && plan[0].atEvents <= sent) {
        kill(plan[0].victim);
        plan.shift();
      }
      while (reshards[0] !== undefined && reshards[0] <= sent) {
        reshards.shift();
        takeTurn('reshard', async () => {
          await reshard(kinesis, pipeline.stack.outputs['StreamName'] ?? '', resharded);
          resharded += 1;
        });
      }
    },
    async endKills() {
      plan.length = 0;
      await Promise.all(Object.values(turns));
      failed.signal.throwIfAborted();
    },
    calm: () => pipeline.calm(),
    report: () => ({
      kills: { ...kills },
      reshards: resharded,
      faults: pipeline.faults(),
      clockSkewsMs: [...clockSkewsMs],
    }),
    close: async () => {
      await Promise.all(Object.values(turns));
      await running.disposeAsync();
    },
  };
}
