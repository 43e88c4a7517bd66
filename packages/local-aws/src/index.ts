export {
  createKinesisServer,
  type KinesisServer,
  type KinesisServerOptions,
} from './kinesis/index.ts';
