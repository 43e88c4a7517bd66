import type {
  DynamoDbFault,
  KinesisFault,
  LocalAwsOptions,
  S3SqsFault,
} from '@clickstream/local-aws';
import type { Random } from '../random.ts';

/** What can happen to a request, with its share of all such requests. */
type Chances<Fault> = readonly (readonly [share: number, name: string, fault: Fault])[];

const put: Chances<KinesisFault> = [
  [0.02, 'records throttled', { kind: 'records', fail: 0.2, errorCode: throttled() }],
  [0.02, 'records failed', { kind: 'records', fail: 0.2 }],
  [0.01, '500', { kind: 'http_500' }],
  [0.01, 'throttled', { kind: 'throttle' }],
  [0.01, 'reset', { kind: 'reset' }],
  [0.01, 'done, then reset', { kind: 'commit_then_reset' }],
  [0.01, 'delayed', { kind: 'delay', delayMs: 100 }],
  [0.01, 'twice', { kind: 'twice' }],
  // Each costs the producer its whole request timeout.
  [0.001, 'hang', { kind: 'hang' }],
  [0.001, 'done, then hang', { kind: 'commit_then_hang' }],
];

const read: Chances<KinesisFault> = [
  [0.01, '500', { kind: 'http_500' }],
  [0.01, 'throttled', { kind: 'throttle' }],
  [0.01, 'reset', { kind: 'reset' }],
];

const store: Chances<DynamoDbFault> = [
  [0.003, 'throttled', { type: 'ThrottlingException' }],
  [0.003, 'conflict', { type: 'TransactionConflict' }],
  [0.003, '500', { type: 'InternalServerError', statusCode: 500 }],
  [0.003, 'reset', { type: 'reset' }],
  [0.003, 'done, then reset', { type: 'commit_then_reset' }],
  [0.003, 'delayed', { type: 'delay', delayMs: 100 }],
  [0.003, 'twice', { type: 'twice' }],
  // Each costs the stream-processor its whole request timeout.
  [0.0005, 'hang', { type: 'hang' }],
  [0.0005, 'done, then hang', { type: 'commit_then_hang' }],
];

const letters: Chances<S3SqsFault> = [
  [0.02, 'unavailable', { kind: 'unavailable' }],
  [0.02, 'reset', { kind: 'reset' }],
  [0.02, 'done, then reset', { kind: 'commit_then_reset' }],
];

const receive: Chances<S3SqsFault> = [
  [0.02, 'unavailable', { kind: 'unavailable' }],
  [0.02, 'reset', { kind: 'reset' }],
];

// A message that is not deleted is delivered again.
const redelivery: Chances<S3SqsFault> = [[0.1, 'not deleted', { kind: 'unavailable' }]];

/** The requests of every run, and what can happen to them. */
const everyRun: Readonly<Record<string, Chances<unknown>>> = {
  'kinesis PutRecords': put,
  'kinesis GetRecords': read,
  'dynamodb TransactWriteItems': store,
  'sqs SendMessage': letters,
  'sqs ReceiveMessage': receive,
  'sqs DeleteMessageBatch': redelivery,
  's3 PUT': letters,
};

/** The share of what has not happened yet, so that short runs see every kind, too. */
const firstShare = 0.03;

function throttled(): 'ProvisionedThroughputExceededException' {
  return 'ProvisionedThroughputExceededException';
}

/** The faults of all services, drawn one by one. */
export interface ServiceFaults {
  readonly hooks: NonNullable<LocalAwsOptions['faults']>;
  /** How many of each kind there have been, such as `kinesis PutRecords: reset`; 0 for none yet. */
  readonly counts: Readonly<Record<string, number>>;
}

/** @param isOn asked before each request; while it says no, no request fails. */
export function createFaults(random: Random, isOn: () => boolean): ServiceFaults {
  const counts: Record<string, number> = {};
  for (const [where, chances] of Object.entries(everyRun)) {
    for (const [, name] of chances) counts[`${where}: ${name}`] = 0;
  }

  function draw<Fault>(where: string, chances: Chances<Fault>): Fault | undefined {
    if (!isOn()) return undefined;
    let rest = random.integer(0, 999_999) / 1_000_000;
    for (const [share, name, fault] of chances) {
      const kind = `${where}: ${name}`;
      const count = counts[kind] ?? 0;
      rest -= count === 0 ? Math.max(share, firstShare) : share;
      if (rest >= 0) continue;
      counts[kind] = count + 1;
      return fault;
    }
    return undefined;
  }

  return {
    counts,
    hooks: {
      kinesis: ({ operation }) =>
        draw(`kinesis ${operation}`, operation === 'PutRecords' ? put : read),
      dynamodb: (operation) =>
        operation === 'TransactWriteItems' ? draw(`dynamodb ${operation}`, store) : undefined,
      s3Sqs: (service, operation) => {
        // How many messages are left is the demo's own question.
        if (operation === 'GetQueueAttributes') return undefined;
        const where = `${service} ${operation}`;
        if (operation.startsWith('Delete')) return draw(where, redelivery);
        // Whose answer is lost after it was done hides its messages until they are visible again.
        return draw(where, operation === 'ReceiveMessage' ? receive : letters);
      },
    },
  };
}
