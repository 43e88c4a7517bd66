import { deaggregate } from '@clickstream/aggregation';
import { type AnyEvent, type EventMap, type EventType, parseEvent } from '@clickstream/events';
import type { RecordResult, Transport, TransportRecord } from './transport.ts';

/**
 * What a request of the producer meets:
 *
 * - `request_fails`: nothing lands, the request fails as a whole.
 * - `records_fail`: the records with an event that `only` picks (default: all) are refused with
 *   `code` (default: `ProvisionedThroughputExceededException`), the others land.
 * - `answer_lost`: everything lands, the request fails all the same. The retry leaves duplicates.
 * - `never_answers`: nothing lands and no answer comes, until `requestTimeoutMs` or `close`.
 */
export type MemoryFault =
  | { readonly kind: 'request_fails'; readonly error?: Error }
  | {
      readonly kind: 'records_fail';
      readonly code?: string;
      readonly only?: (event: AnyEvent) => boolean;
    }
  | { readonly kind: 'answer_lost' }
  | { readonly kind: 'never_answers' };

/** A stream in memory, for the tests of what calls a producer. */
export interface MemoryTransport extends Transport {
  /** Every event in the stream, in the order of arrival; one that arrived twice is there twice. */
  readonly events: readonly AnyEvent[];
  /** Requests so far, failed ones included. */
  readonly requests: number;
  /** The events of one type, typed as such. */
  eventsOf<Type extends EventType>(type: Type): EventMap[Type][];
  /** The next requests meet these faults, one each; those after them succeed. */
  failNext(...faults: readonly MemoryFault[]): void;
  /** Forgets events, requests and faults. */
  clear(): void;
}

const SHARD = {
  shardId: 'shardId-000000000000',
  startingHashKey: '0',
  endingHashKey: String(2n ** 128n - 1n),
};

/**
 * A transport that keeps events in memory and needs no AWS:
 *
 * ```ts
 * const transport = createMemoryTransport();
 * const producer = createProducer({ streamName: 'test', transport });
 * // … call what is to be tested …
 * await producer.flush();
 * expect(transport.eventsOf('purchase')).toMatchObject([{ order_id: 'order-1' }]);
 * ```
 *
 * Validation, order, batching, aggregation, retries and receipts are the real ones. The stream has one
 * shard.
 */
export function createMemoryTransport(): MemoryTransport {
  let events: AnyEvent[] = [];
  let requests = 0;
  let faults: MemoryFault[] = [];
  let sequence = 0;

  const store = (record: readonly AnyEvent[]): RecordResult => {
    events.push(...record);
    sequence += 1;
    return { ok: true, shardId: SHARD.shardId, sequenceNumber: String(sequence) };
  };

  return {
    get events() {
      return events;
    },
    get requests() {
      return requests;
    },
    eventsOf: <Type extends EventType>(type: Type) =>
      events.filter((event): event is EventMap[Type] => event.event_type === type),
    failNext: (...next) => {
      faults.push(...next);
    },
    clear: () => {
      events = [];
      requests = 0;
      faults = [];
    },
    describeStream: async () => ({ shards: [SHARD], ignoresPartitionKeys: false, problems: [] }),
    putRecords: async (records, { signal }) => {
      requests += 1;
      const fault = faults.shift();
      const sent = records.map(readRecord);
      switch (fault?.kind) {
        case 'request_fails':
          throw fault.error ?? new Error('the request failed, as the test wanted');
        case 'records_fail':
          return sent.map((record) =>
            record.some((event) => fault.only?.(event) ?? true)
              ? refusal(fault.code ?? 'ProvisionedThroughputExceededException')
              : store(record),
          );
        case 'answer_lost':
          for (const record of sent) store(record);
          throw new Error('the answer was lost, as the test wanted');
        case 'never_answers':
          return neverAnswer(signal);
        case undefined:
        default:
          return sent.map(store);
      }
    },
  };
}

/** The events in a record: one, or those that were aggregated into it. */
function readRecord({ data }: TransportRecord): AnyEvent[] {
  const parts = deaggregate(data) ?? [{ data }];
  return parts.map((part) => {
    const parsed = parseEvent(part.data);
    if (!parsed.ok) throw new Error(`a record is no event: ${parsed.message}`);
    return parsed.event;
  });
}

function refusal(code: string): RecordResult {
  return { ok: false, code, message: 'refused, as the test wanted' };
}

function neverAnswer(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the request was cancelled')), {
      once: true,
    });
  });
}
