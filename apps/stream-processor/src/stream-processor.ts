import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import {
  type BatchObserver,
  createKinesisHandler,
  type IncompleteBatch,
  type KinesisHandler,
} from '@clickstream/consumer';
import { createDeadLetterQueue, deadLetter } from '@clickstream/quarantine';
import { createDynamoDbStore } from './dynamodb-store.ts';
import type { Environment } from './environment.ts';
import { createHandlers } from './handlers.ts';
import { MAX_EVENT_BYTES } from './transaction.ts';

/** What {@link createStreamProcessor} works with. */
export interface StreamProcessorOptions {
  readonly environment: Environment;
  readonly dynamodb: DynamoDBClient;
  /** Default: a client with the settings of the environment. */
  readonly sqs?: SQSClient;
  /** Default: a client with the settings of the environment. */
  readonly s3?: S3Client;
  /** Told once per invocation that gives records back. Default: one line of JSON on stderr. */
  readonly onIncomplete?: (batch: IncompleteBatch) => void;
  /** Watches the work. Default: nobody does. */
  readonly observer?: BatchObserver;
}

/** Makes the Lambda handler that applies the events of the stream to the tables, exactly once. */
export function createStreamProcessor({
  environment: { eventsTable, countersTable, deadLetterQueueUrl, quarantineBucket },
  dynamodb,
  sqs,
  s3,
  onIncomplete,
  observer,
}: StreamProcessorOptions): KinesisHandler {
  const store = createDynamoDbStore({ client: dynamodb, eventsTable, countersTable });
  const deadLetters = createDeadLetterQueue({
    queueUrl: deadLetterQueueUrl,
    bucket: quarantineBucket,
    ...(sqs && { sqs }),
    ...(s3 && { s3 }),
  });
  return createKinesisHandler({
    handlers: createHandlers(MAX_EVENT_BYTES),
    commit: (outcomes, { signal }) =>
      store.apply(
        outcomes.map(({ result }) => result),
        { signal },
      ),
    // A whole batch of the mapping: the store then fills its transactions.
    commitSize: 100,
    onPermanentFailure: (failure, { signal }) => deadLetters.send(deadLetter(failure), { signal }),
    ...(onIncomplete && { onIncomplete }),
    ...(observer && { observer }),
  });
}
