export type { OutgoingEvent, Revision } from './before-send.ts';
export {
  createProducer,
  type DrainOptions,
  type Producer,
  type ProducerStats,
  type ReceiptFor,
} from './create-producer.ts';
export { type DrainOnSignalOptions, drainOnSignal } from './drain-on-signal.ts';
export type { FlushResult } from './flush-waiters.ts';
export type { EventMethods } from './gen/methods.ts';
export type { AggregationOptions, ProducerOptions, UndeliverableEvent } from './options.ts';
export { ProducerError, type ProducerErrorCode } from './producer-error.ts';
export type { Receipt } from './receipt.ts';
export type { SpillDamage, SpillFault, SpillOptions } from './spill/options.ts';
export type { SpillStats } from './spill/spill.ts';
export type { ThrottledShard } from './stats.ts';
export type {
  RecordResult,
  ShardRange,
  StreamDescription,
  Transport,
  TransportFault,
  TransportRecord,
} from './transport.ts';
export { type LambdaContext, type LambdaOptions, withProducer } from './with-producer.ts';
