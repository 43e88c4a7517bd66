import type { InvocationResult } from './invocation.ts';
import type { SqsMessage } from './sqs-event.ts';

/** What happened; to be told to the mapping together with the time. */
export type SqsInput =
  /** Nothing but time has passed. The first one starts the mapping. */
  | { readonly type: 'tick' }
  /** The answer to `receive`; empty when the long poll found nothing. */
  | {
      readonly type: 'messages';
      readonly receiveId: number;
      readonly messages: readonly SqsMessage[];
    }
  | { readonly type: 'receive_failed'; readonly receiveId: number }
  /** The answer to `invoke`. */
  | {
      readonly type: 'invocation';
      readonly invocationId: number;
      readonly result: InvocationResult;
    }
  /** The answer to `delete`; what could not be deleted shows up in the queue again. */
  | { readonly type: 'deleted'; readonly deleteId: number; readonly failed: number }
  /** Start nothing any more; answers to what is under way are still taken. */
  | { readonly type: 'stop' };

/** What is to be done. */
export type SqsCommand =
  | {
      readonly type: 'receive';
      readonly receiveId: number;
      readonly maximumMessages: number;
      readonly waitTimeSeconds: number;
    }
  | {
      readonly type: 'invoke';
      readonly invocationId: number;
      readonly messages: readonly SqsMessage[];
    }
  /** At most 10 messages, the limit of DeleteMessageBatch. */
  | {
      readonly type: 'delete';
      readonly deleteId: number;
      readonly messages: readonly SqsMessage[];
    }
  /** Call again at this time if nothing else happens before; it replaces the previous `wake`. */
  | { readonly type: 'wake'; readonly atMs: number };
