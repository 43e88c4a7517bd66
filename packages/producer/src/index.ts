export { createProducer, type DrainOptions, type Producer } from './create-producer.ts';
export type { ProducerStats } from './engine.ts';
export type { FlushResult } from './flush-waiters.ts';
export type { EventMethods } from './gen/methods.ts';
export type { ProducerOptions, UndeliverableEvent } from './options.ts';
export { ProducerError, type ProducerErrorCode } from './producer-error.ts';
export type { Receipt } from './receipt.ts';
export type { RecordResult, Transport, TransportFault, TransportRecord } from './transport.ts';
