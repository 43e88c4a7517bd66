import type { Transport } from '../../src/index.ts';

const BATCH_RECORDS = 500;
const BACKOFF_MS = 100;

interface Waiting {
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly settle: () => void;
}

/** Keeps the order with one queue for all shards: what failed goes back to its head. */
export class OneQueue {
  readonly #transport: Transport;
  readonly #waiting: Waiting[] = [];
  #isSending = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  track(partitionKey: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#waiting.push({ partitionKey, data: Buffer.from('{}'), settle: () => resolve(undefined) });
    if (!this.#isSending) void this.#send();
    return promise;
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_RECORDS);
      const { signal } = new AbortController();
      const results = await this.#transport.putRecords(batch, { signal });
      const failed = batch.filter((_, index) => results[index]?.ok !== true);
      for (const waiting of batch.filter((one) => !failed.includes(one))) waiting.settle();
      this.#waiting.unshift(...failed);
      if (failed.length > 0) await new Promise((resolve) => setTimeout(resolve, BACKOFF_MS));
    }
    this.#isSending = false;
  }
}
