export {
  type DeadLetter,
  type DeadLetterInput,
  type DeadLetterReason,
  deadLetter,
  deadLetterReasons,
  parseDeadLetter,
  payloadOf,
  type StreamRecord,
} from './dead-letter.ts';
export {
  createDeadLetterQueue,
  type DeadLetterQueue,
  type DeadLetterQueueOptions,
  type DeadLetterReceipt,
} from './dead-letter-queue.ts';
export { QuarantineError, type QuarantineErrorCode } from './errors.ts';
export {
  type ExpiredRange,
  expiredRange,
  parseExpiredRange,
  type SequenceRange,
} from './expired-range.ts';
export type { Parsed } from './fields.ts';
export {
  type OnFailureCondition,
  type OnFailureDocument,
  parseOnFailureDocument,
} from './on-failure-document.ts';
export {
  type CallOptions,
  createQuarantine,
  type ListOptions,
  type Quarantine,
  type QuarantineDocument,
  type QuarantineEntry,
  type QuarantineOptions,
} from './quarantine.ts';
export { keyOf, parseKey, type QuarantineKey, type QuarantineReason } from './quarantine-key.ts';
export { type RangePart, type ReadRangeOptions, readRange } from './read-range.ts';
export { type RedriveOptions, redrive } from './redrive.ts';
export {
  parseUnreadableMessage,
  type UnreadableMessage,
  unreadableMessage,
} from './unreadable-message.ts';
export { userRecordsOf } from './user-records.ts';
