export { startKinesisPoller } from './kinesis-poller.ts';
export type { InvokeFunction, Poller, PollerProblem } from './poller.ts';
export { startSqsPoller } from './sqs-poller.ts';
