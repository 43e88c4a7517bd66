export { ConsumerError, type ConsumerErrorCode, PermanentError } from './errors.ts';
export type { IncompleteBatch, PermanentFailure, TransientFailure } from './failures.ts';
export type { EventHandlers } from './gen/handlers.ts';
export { createKinesisHandler, type KinesisHandler } from './kinesis-handler.ts';
export type { BatchObserver, SettledBatch, SettledEvent } from './observer.ts';
export type { KinesisHandlerOptions, Outcome, StoreContext } from './options.ts';
export type { RecordContext, RecordPosition } from './record-context.ts';
