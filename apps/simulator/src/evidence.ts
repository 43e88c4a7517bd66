import type { Big } from 'big.js';
import type { EventItem } from './services/dynamodb.ts';
import type { StreamRecord } from './services/kinesis.ts';
import type { ForeignRecord, PlannedEvent } from './workload.ts';

/** What the caller was told of an event that it tracked. */
export interface TrackedEvent {
  readonly planned: PlannedEvent;
  outcome:
    | { readonly kind: 'pending' }
    | {
        readonly kind: 'delivered';
        readonly eventId: string;
        readonly shardId: string;
        readonly sequenceNumber: string;
      }
    | { readonly kind: 'failed'; readonly code: string };
  /** How often `onUndeliverable` was called for it. */
  reports: number;
}

export interface ForeignReceipt {
  readonly planned: ForeignRecord;
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** Everything that the delivery contract is judged by: what callers were told, and the stores. */
export interface Evidence {
  readonly tracked: readonly TrackedEvent[];
  /** Reports of `onUndeliverable` that belong to no event. */
  readonly strayReports: number;
  readonly foreign: readonly ForeignReceipt[];
  readonly stream: readonly StreamRecord[];
  /** In the order in which they were written. */
  readonly applied: readonly EventItem[];
  readonly counters: ReadonlyMap<string, Big>;
  /** The bucket: key → content. */
  readonly quarantine: ReadonlyMap<string, string>;
  /** Messages that are still in the dead-letter queue. */
  readonly queued: number;
  /** Why the pipeline did not come to rest, if it did not. */
  readonly unrest: string | undefined;
  /** Errors that nobody caught. */
  readonly uncaught: readonly string[];
}
