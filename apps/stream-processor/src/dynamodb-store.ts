import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { ProcessorError } from './errors.ts';
import type { ApplyOptions, EventStore, StoreEvent, Verdict } from './store.ts';
import { planTransaction, type TransactionPlan, transactItems } from './transaction.ts';

/** Options of {@link createDynamoDbStore}. */
export interface DynamoDbStoreOptions {
  readonly client: DynamoDBClient;
  /** Partition key `user_id`, sort key `event_id`. */
  readonly eventsTable: string;
  /** Partition key `counter`, sort key `slot`; a counter is the sum of its slots' `value`. */
  readonly countersTable: string;
  /**
   * Over how many items each counter is spread. Two transactions conflict when they write one item
   * at the same time, so have a few times as many slots as functions run at once. Default 8.
   */
  readonly slots?: number;
  /** How often a transaction is tried while the tables are contended or throttled. Default 10. */
  readonly maxAttempts?: number;
}

/** Before the n-th repetition it waits a random time of up to 25, 50, 100 … at most 1000 ms. */
const FIRST_DELAY_MS = 25;
const MAX_DELAY_MS = 1000;

/**
 * Keeps events and counters in DynamoDB. Each event is put on the condition that it is not there,
 * in one transaction with the counters that it moves, and as many events as fit share one.
 */
export function createDynamoDbStore(options: DynamoDbStoreOptions): EventStore {
  const { client, eventsTable, countersTable, slots = 8, maxAttempts = 10 } = options;

  const write = async (plan: TransactionPlan, signal?: AbortSignal): Promise<Attempt> => {
    // Another slot each time: a retry then does not meet the same conflict.
    const slot = Math.floor(Math.random() * slots);
    const target = { eventsTable, countersTable, slot, appliedAt: new Date() };
    const command = new TransactWriteItemsCommand({ TransactItems: transactItems(plan, target) });
    try {
      await client.send(command, signal ? { abortSignal: signal } : {});
      return { isWritten: true };
    } catch (error) {
      return readFailure(error, plan);
    }
  };

  return {
    async apply(events, { signal }: ApplyOptions = {}) {
      const verdicts = new Map<StoreEvent, Verdict>();
      let queue = firstOfEach(events);
      for (let attempt = 1; queue.length > 0; ) {
        const plan = planTransaction(queue);
        const outcome = await write(plan, signal);
        const decided = outcome.isWritten ? plan.events : outcome.duplicates;
        for (const event of decided) {
          verdicts.set(event, outcome.isWritten ? 'applied' : 'duplicate');
        }
        queue = queue.filter((event) => !verdicts.has(event));
        if (outcome.isWritten) {
          attempt = 1;
        } else if (outcome.busy !== undefined) {
          if (attempt >= maxAttempts) throw tooBusy(attempt, outcome.busy);
          const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
          await sleep(Math.random() * delayMs, undefined, signal && { signal });
          attempt += 1;
        }
      }
      // What is in the batch twice is written once: the second is a duplicate of the first.
      return events.map((event) => {
        const verdict = verdicts.get(event) ?? 'duplicate';
        verdicts.delete(event);
        return verdict;
      });
    },
  };
}

/** What came of one attempt. */
type Attempt =
  | { readonly isWritten: true }
  | {
      readonly isWritten: false;
      /** Events that are in the table already. */
      readonly duplicates: readonly StoreEvent[];
      /** Set when something was contended or throttled. */
      readonly busy: unknown;
    };

const BUSY_REASONS = new Set([
  'TransactionConflict',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
]);

const BUSY_ERRORS = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionInProgressException',
]);

/** @throws what no repetition within this invocation will cure */
function readFailure(error: unknown, plan: TransactionPlan): Attempt {
  if (!(error instanceof TransactionCanceledException)) {
    const isBusy = error instanceof Error && BUSY_ERRORS.has(error.name);
    if (!isBusy) throw error;
    return { isWritten: false, duplicates: [], busy: error };
  }
  // One reason per item, in the order of the items; the events' puts come first.
  const codes = (error.CancellationReasons ?? []).map(({ Code: code }) => code ?? 'None');
  const duplicates = plan.events.filter((_, index) => codes[index] === 'ConditionalCheckFailed');
  const busy = codes.some((code) => BUSY_REASONS.has(code)) ? error : undefined;
  if (busy === undefined && duplicates.length === 0) throw refused(error, codes, plan);
  return { isWritten: false, duplicates, busy };
}

function refused(
  error: TransactionCanceledException,
  codes: readonly string[],
  plan: TransactionPlan,
): ProcessorError {
  const index = codes.findIndex((code) => code !== 'None');
  const { Message: message } = error.CancellationReasons?.[index] ?? {};
  const event = plan.events[index];
  const item = event ? `event ${event.eventId}` : 'a counter';
  return new ProcessorError(
    'store_refused',
    `DynamoDB refused ${item} (${codes[index] ?? 'no reason'}: ${message ?? error.message})`,
    { cause: error },
  );
}

function tooBusy(attempts: number, cause: unknown): ProcessorError {
  return new ProcessorError(
    'store_busy',
    `The tables were contended or throttled in ${attempts} attempts: if it lasts, raise their capacity or the number of counter slots`,
    { cause },
  );
}

/** The first event of each identity: a transaction may hold an item once. */
function firstOfEach(events: readonly StoreEvent[]): StoreEvent[] {
  const byIdentity = new Map<string, StoreEvent>();
  for (const event of events) {
    const identity = JSON.stringify([event.userId, event.eventId]);
    if (!byIdentity.has(identity)) byIdentity.set(identity, event);
  }
  return [...byIdentity.values()];
}
