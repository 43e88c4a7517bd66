import { hash } from 'node:crypto';
import type { RecordResult, StreamDescription, Transport, TransportRecord } from '../src/index.ts';

const HALF = 2n ** 127n;
const SHARDS = [
  { shardId: 'shardId-0', startingHashKey: '0', endingHashKey: String(HALF - 1n) },
  { shardId: 'shardId-1', startingHashKey: String(HALF), endingHashKey: String(2n * HALF - 1n) },
] as const;

/** Which of the two shards a partition key belongs to. */
export function shardOf(partitionKey: string): 0 | 1 {
  return Number.parseInt(hash('md5', partitionKey, 'hex').slice(0, 1), 16) < 8 ? 0 : 1;
}

/** A stream in memory of two shards, each of which takes 1,000 records a second. */
export class LimitedStream implements Transport {
  readonly accepted = [0, 0];
  readonly refused = [0, 0];
  readonly #latencyMs: number;
  readonly #tokens = [1_000, 1_000];
  #updatedAtMs = performance.now();

  constructor(latencyMs: number) {
    this.#latencyMs = latencyMs;
  }

  describeStream(): Promise<StreamDescription> {
    return Promise.resolve({ shards: SHARDS, ignoresPartitionKeys: false, problems: [] });
  }

  async putRecords(records: readonly TransportRecord[]): Promise<readonly RecordResult[]> {
    await new Promise((resolve) => {
      setTimeout(resolve, this.#latencyMs);
    });
    this.#refill();
    return records.map(({ partitionKey }) => this.#put(shardOf(partitionKey)));
  }

  #refill(): void {
    const nowMs = performance.now();
    for (const shard of [0, 1] as const) {
      const tokens = (this.#tokens[shard] ?? 0) + (nowMs - this.#updatedAtMs);
      this.#tokens[shard] = Math.min(1_000, tokens);
    }
    this.#updatedAtMs = nowMs;
  }

  #put(shard: 0 | 1): RecordResult {
    const { shardId } = SHARDS[shard];
    const tokens = this.#tokens[shard] ?? 0;
    if (tokens < 1) {
      this.refused[shard] = (this.refused[shard] ?? 0) + 1;
      const code = 'ProvisionedThroughputExceededException';
      return { ok: false, code, message: `Rate exceeded for shard ${shardId}` };
    }
    this.#tokens[shard] = tokens - 1;
    const sequence = (this.accepted[shard] ?? 0) + 1;
    this.accepted[shard] = sequence;
    return { ok: true, shardId, sequenceNumber: String(sequence) };
  }
}
