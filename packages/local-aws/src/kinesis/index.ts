export type { KinesisFault, KinesisFaultHook, KinesisRequest } from './faults.ts';
export type { KinesisLimitOptions, KinesisLimits } from './limits.ts';
export {
  createKinesisServer,
  type KinesisServer,
  type KinesisServerOptions,
  type KinesisServerStats,
} from './server.ts';
