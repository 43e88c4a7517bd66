import { setTimeout as sleep } from 'node:timers/promises';
import { type KinesisClient, UpdateShardCountCommand } from '@aws-sdk/client-kinesis';
import type { Random } from '../random.ts';

/** Two open shards become three, these two again, and so on. */
const shardCounts = [3, 2] as const;
const everyEvents = 25_000;
const pauseMs = 200;
const maxTries = 300;

/** When the stream is resharded, in events sent: at least once to more shards and once to fewer. */
export function planReshards(events: number, random: Random): number[] {
  const length = 2 + Math.floor(events / everyEvents);
  const moment = (): number => random.integer(Math.floor(events / 20), Math.floor(events * 0.95));
  return Array.from({ length }, moment).toSorted((a, b) => a - b);
}

/**
 * Changes the number of shards while records flow. Tries again while the service is down or says no.
 *
 * @param nth how often it was done before
 */
export async function reshard(
  kinesis: KinesisClient,
  streamName: string,
  nth: number,
): Promise<void> {
  const TargetShardCount = shardCounts[nth % shardCounts.length];
  const request = {
    StreamName: streamName,
    TargetShardCount,
    ScalingType: 'UNIFORM_SCALING',
  } as const;
  for (let tries = 1; ; tries += 1) {
    try {
      await kinesis.send(new UpdateShardCountCommand(request));
      return;
    } catch (error) {
      if (tries === maxTries) throw error;
      await sleep(pauseMs);
    }
  }
}
