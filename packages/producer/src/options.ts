import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { EventType } from '@clickstream/events';
import type { OutgoingEvent, Revision } from './before-send.ts';
import type { ProducerError } from './producer-error.ts';
import type { SpillOptions } from './spill/options.ts';
import type { Transport } from './transport.ts';

/** An event that will not reach the stream. */
export interface UndeliverableEvent {
  readonly eventType: EventType;
  /** Undefined if the event was refused before it got an identity. */
  readonly eventId: string | undefined;
  /**
   * The full event as it would have been written. For an event that was refused, which may be
   * anything: the input as it was read, or as it was passed where it could not be read.
   */
  readonly payload: unknown;
}

/** How events are packed into records. */
export interface AggregationOptions {
  /**
   * Size of a record, in bytes. 1 KiB..1 MiB, default 50 KiB, as KPL: two PUT payload units. An event
   * that does not fit has a larger record for itself.
   */
  readonly maxBytes?: number | undefined;
  /**
   * Partition keys per shard. 1..256, default 20, twice the largest `ParallelizationFactor`: fewer
   * fill records sooner, more share a shard's batches out more evenly. Change it only while nothing
   * is in the stream that Lambda has not read: it moves users to other keys.
   */
  readonly buckets?: number | undefined;
}

/**
 * Options of `createProducer`.
 *
 * @typeParam Sent what `beforeSend` returns; with null or undefined in it, a method's promise may
 *   resolve to undefined, and its type says so
 */
export interface ProducerOptions<Sent extends Revision = OutgoingEvent> {
  /** Name of the Kinesis data stream. */
  readonly streamName: string;
  /** AWS region. Default: what the AWS SDK finds in the environment. */
  readonly region?: string | undefined;
  /** URL of the Kinesis endpoint. Default: the region's, or `AWS_ENDPOINT_URL_KINESIS`. */
  readonly endpoint?: string | undefined;
  /**
   * An own client, used as it is: set a keep-alive handler and timeouts on it. It stays open when
   * the producer is closed. Excludes `region` and `endpoint`.
   */
  readonly client?: KinesisClient | undefined;
  /** Replaces Kinesis altogether, for tests. Excludes `client`, `region` and `endpoint`. */
  readonly transport?: Transport | undefined;
  /**
   * Packs the events of many users into one record, in the format of the Kinesis Producer Library:
   * far fewer PUT payload units, and a shard takes as many events as fit into 1 MiB a second
   * instead of 1,000. Readers must de-aggregate, as `@clickstream/consumer`, KCL and Firehose do.
   * Users are divided into buckets, one partition key each, so that a user's events stay in order
   * with several batches per shard (`ParallelizationFactor`) too. Needs `kinesis:ListShards`.
   * Default: off.
   */
  readonly aggregation?: boolean | AggregationOptions | undefined;
  /**
   * How long an event may wait for company before a request goes out that is not full.
   * 0..60,000, default 20: a small part of what a request takes, yet enough to batch. With
   * aggregation 100, as KPL: the cost falls with the events in a record. With a request open, five
   * times as long (unless a shard throttles): its answer makes room for more, and many small requests
   * are what makes a busy process busier.
   */
  readonly lingerMs?: number | undefined;
  /** Records in a request. 1..500, default 500, Kinesis' limit. */
  readonly maxBatchRecords?: number | undefined;
  /**
   * Bytes of data and partition keys in a request of several records; a record that is larger goes
   * alone. 1 KiB..10 MiB (Kinesis' limit), default 384 KiB: to write, sign and encrypt a request, and
   * to settle its events, keeps the event loop from everything else, some 10 ms for 1 MiB of small
   * events. Larger requests save nothing that can be measured, and a failed one is sent again as a
   * whole.
   */
  readonly maxRequestBytes?: number | undefined;
  /**
   * Bytes of data and partition key in a record. 1 KiB..10 MiB, default 1 MiB, what a stream takes
   * unless its maximum record size was raised.
   */
  readonly maxRecordBytes?: number | undefined;
  /**
   * Requests open at the same time, each with other users. 1..64, default 4: enough to hide the
   * round trip; more does not go faster on one event loop.
   */
  readonly maxOpenRequests?: number | undefined;
  /** Bytes of the events held in memory, requests included. 1 KiB..4 GiB, default 32 MiB. */
  readonly maxBufferBytes?: number | undefined;
  /**
   * Events held in memory, requests included. 1..10,000,000, default 100,000: small events cost
   * more in bookkeeping (about half a KiB each) than their bytes say.
   */
  readonly maxBufferRecords?: number | undefined;
  /**
   * What happens to an event when the buffer is full.
   *
   * - `wait` (default): it waits its turn behind the buffer, and its promise with it, so callers
   *   that await are slowed down. The waiting line is bounded as well, by `maxWaitingRecords` and a
   *   quarter of `maxBufferBytes` (at least one record): a caller that does not await gets
   *   `buffer_full` beyond it.
   * - `reject`: it fails at once with `buffer_full`.
   * - `drop-oldest`: it is taken, and the oldest event that is not in an open request fails with
   *   `dropped` instead: for events that are worth less the older they are.
   *
   * A shard that throttles gets half of the buffer at most: events of other shards find room.
   */
  readonly whenFull?: 'wait' | 'reject' | 'drop-oldest' | undefined;
  /** Events that may wait for room. 1..1,000,000, default 10,000. */
  readonly maxWaitingRecords?: number | undefined;
  /** How long one request may take, from 100 to 300,000; default 6,000, as KPL. */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * How long an event may take from the call to the confirmation, retries included. After that it
   * is `undeliverable`. 100..86,400,000, default 30,000, as KPL.
   */
  readonly deliveryTimeoutMs?: number | undefined;
  /** Upper bound of the wait before the first retry. 1..60,000, default 50. */
  readonly minBackoffMs?: number | undefined;
  /** Upper bound of the wait before every retry. 1..600,000, default 2,000. */
  readonly maxBackoffMs?: number | undefined;
  /**
   * Sees every valid event before it is queued, and decides what is sent: the event itself, a
   * changed one (enriched, redacted, under another `user_id`), or null or undefined to drop it. A
   * dropped event is no failure: its promise resolves to undefined and `stats().filtered` counts it.
   *
   * What it returns is validated again (`invalid_event` when it does not fit). What it throws makes
   * this one event `undeliverable`. It must be synchronous, for a user's events keep the order of
   * the calls. The event it is given is a copy that it may change.
   */
  readonly beforeSend?: ((event: OutgoingEvent) => Sent) | undefined;
  /**
   * Called once for each event that will not reach the stream, whether or not its promise is
   * awaited. What it throws is reported as a process warning. Default: a process warning, at most
   * one in ten seconds.
   */
  readonly onUndeliverable?:
    | ((event: UndeliverableEvent, error: ProducerError) => unknown)
    | undefined;
  /**
   * Keeps accepted events in files until they are settled: they survive `kill -9`, and the next
   * producer for this stream sends them, at least once and with their ids. Costs a write in every
   * call. Default: off.
   */
  readonly spill?: SpillOptions | undefined;
  /** Stops the producer when aborted, as `close({ timeoutMs: 0 })`. */
  readonly signal?: AbortSignal | undefined;
}
