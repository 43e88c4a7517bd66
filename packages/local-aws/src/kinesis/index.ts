export type { Fault, FaultableRequest, FaultHook } from './faults.ts';
export { createKinesis, execute, type KinesisOptions } from './kinesis.ts';
export { KinesisError, type KinesisErrorCode } from './kinesis-error.ts';
export type { KinesisLimitOptions, KinesisLimits } from './limits.ts';
export {
  createKinesisServer,
  type KinesisServer,
  type KinesisServerOptions,
  type KinesisServerStats,
} from './server.ts';
