export {
  type KinesisPoller,
  type KinesisPollerOptions,
  startKinesisPoller,
} from './kinesis-poller.ts';
export type { InvokeFunction, Poller, PollerOptions, PollerProblem } from './poller.ts';
export { type SqsPoller, type SqsPollerOptions, startSqsPoller } from './sqs-poller.ts';
