export { AggregateWriter } from './aggregate-writer.ts';
export { deaggregate, isAggregated, type UserRecord } from './deaggregate.ts';
export { AggregationError, type AggregationErrorCode } from './errors.ts';
export { formatHashKey, type HashKey, hashKeyOf, parseHashKey } from './hash-key.ts';
