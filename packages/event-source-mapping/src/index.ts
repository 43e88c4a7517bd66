export type { MappingCounters } from './counters.ts';
export { EventSourceMappingError, type EventSourceMappingErrorCode } from './error.ts';
export type { InferredKinesisBehaviour, InferredSqsBehaviour } from './inferred.ts';
export type { InvocationResult } from './invocation.ts';
export {
  type KinesisEvent,
  type KinesisEventContext,
  type KinesisEventRecord,
  kinesisEvent,
} from './kinesis-event.ts';
export {
  createKinesisMapping,
  type KinesisMapping,
  type KinesisMappingOptions,
} from './kinesis-mapping.ts';
export type {
  KinesisCheckpoints,
  KinesisCommand,
  KinesisInput,
  ReadPosition,
  ShardDescription,
} from './kinesis-protocol.ts';
export { compareSequenceNumbers, type KinesisRecord } from './kinesis-record.ts';
export {
  type KinesisSettings,
  type OnFailureDestination,
  resolveKinesisSettings,
  type StartingPosition,
} from './kinesis-settings.ts';
export type {
  KinesisLaneStatus,
  KinesisMappingStatus,
  KinesisShardStatus,
} from './kinesis-status.ts';
export { type DiscardReason, type OnFailureDocument, onFailureObject } from './on-failure.ts';
export type { EventSourceMappingProperties } from './properties.ts';
export {
  type SqsEvent,
  type SqsEventRecord,
  type SqsMessage,
  type SqsMessageAttribute,
  sqsEvent,
} from './sqs-event.ts';
export { createSqsMapping, type SqsMapping, type SqsMappingStatus } from './sqs-mapping.ts';
export type { SqsCommand, SqsInput } from './sqs-protocol.ts';
export { resolveSqsSettings, type SqsSettings } from './sqs-settings.ts';
