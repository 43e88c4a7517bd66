/** Common ways to put events on Kinesis with the AWS SDK, each with one flaw that is often seen. */
import { randomUUID } from 'node:crypto';
import {
  type KinesisClient,
  PutRecordsCommand,
  type PutRecordsRequestEntry,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis';
import { aggregate } from 'aws-kinesis-agg';
import { STREAM } from '../kinesis.ts';

/** What the tests track; the title is the number of the event. */
export interface View {
  readonly user_id: string;
  readonly url: string;
  readonly title: string;
}

export type NaiveWay = (client: KinesisClient, views: readonly View[]) => Promise<void>;

const BATCH_RECORDS = 100;
const OPEN_REQUESTS = 4;

function seal(view: View): PutRecordsRequestEntry {
  const event = { event_id: randomUUID(), ...view };
  return { PartitionKey: view.user_id, Data: Buffer.from(JSON.stringify(event)) };
}

async function put(
  client: KinesisClient,
  records: PutRecordsRequestEntry[],
): Promise<readonly PutRecordsResultEntry[]> {
  const command = new PutRecordsCommand({ StreamName: STREAM, Records: records });
  const { Records = [] } = await client.send(command);
  return Records;
}

function batchesOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH_RECORDS) }, (_, index) =>
    items.slice(index * BATCH_RECORDS, (index + 1) * BATCH_RECORDS),
  );
}

/** One record a request. */
export const putOneByOne: NaiveWay = async (client, views) => {
  for (const view of views) await put(client, [seal(view)]);
};

/** Takes an answer without an error for success: PutRecords answers so when records have failed. */
export const lookAtErrorsOnly: NaiveWay = async (client, views) => {
  for (const batch of batchesOf(views)) await put(client, batch.map(seal));
};

/** Sends what failed again: at once, and behind what came later. */
export const sendFailedAgain: NaiveWay = async (client, views) => {
  const queue = views.map(seal);
  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH_RECORDS);
      const results = await put(client, batch);
      queue.push(...batch.filter((_, index) => results[index]?.ErrorCode !== undefined));
    }
  };
  await Promise.all(Array.from({ length: OPEN_REQUESTS }, work));
};

/** Writes the events anew for every attempt. */
export const sealInEveryAttempt: NaiveWay = async (client, views) => {
  for (const batch of batchesOf(views)) {
    let isDone = false;
    while (!isDone) {
      isDone = await put(client, batch.map(seal)).then(
        () => true,
        () => false,
      );
    }
  }
};

/** Packs the events of whichever users come one after the other. */
export const aggregateByArrival: NaiveWay = async (client, views) => {
  const records = views.map(seal).map(({ PartitionKey = '', Data }) => ({
    partitionKey: PartitionKey,
    data: Data,
  }));
  const packed: PutRecordsRequestEntry[] = [];
  await new Promise<void>((resolve, reject) => {
    aggregate(
      records,
      ({ partitionKey, data }, next) => {
        packed.push({ PartitionKey: partitionKey, Data: data });
        next();
      },
      resolve,
      reject,
    );
  });
  await put(client, packed);
};

/** A queue that makes no fuss when it is full, as of many exporters of telemetry. */
export class QuietQueue {
  readonly #client: KinesisClient;
  readonly #capacity: number;
  readonly #views: View[] = [];

  constructor(client: KinesisClient, capacity: number) {
    this.#client = client;
    this.#capacity = capacity;
  }

  track(view: View): void {
    if (this.#views.length < this.#capacity) this.#views.push(view);
  }

  async flush(): Promise<void> {
    await lookAtErrorsOnly(this.#client, this.#views.splice(0));
  }
}

/** Sends full batches by the way, and forgets in `flush()` that they are not confirmed yet. */
export class ForgetfulQueue {
  readonly #client: KinesisClient;
  readonly #views: View[] = [];
  /** Kept for the test, which must not leave requests behind. */
  readonly sent: Promise<unknown>[] = [];

  constructor(client: KinesisClient) {
    this.#client = client;
  }

  track(view: View): void {
    this.#views.push(view);
    if (this.#views.length < BATCH_RECORDS) return;
    this.sent.push(put(this.#client, this.#views.splice(0).map(seal)));
  }

  async flush(): Promise<void> {
    if (this.#views.length > 0) await put(this.#client, this.#views.splice(0).map(seal));
  }
}

/** Keeps everything that the stream has not taken, and looks after it in intervals. */
export class IntervalQueue {
  readonly #client: KinesisClient;
  readonly #records: PutRecordsRequestEntry[] = [];

  constructor(client: KinesisClient, intervalMs: number) {
    this.#client = client;
    setInterval(() => {
      this.flush().catch(() => undefined); // the next interval tries again
    }, intervalMs);
  }

  track(view: View): void {
    this.#records.push(seal(view));
  }

  async flush(): Promise<void> {
    while (this.#records.length > 0) {
      const batch = this.#records.slice(0, BATCH_RECORDS);
      await put(this.#client, batch);
      this.#records.splice(0, batch.length);
    }
  }
}
