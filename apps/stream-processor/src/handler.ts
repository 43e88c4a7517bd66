import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createKinesisHandler } from '@clickstream/consumer';
import { createDeadLetterQueue, deadLetter } from '@clickstream/quarantine';
import { createDynamoDbStore } from './dynamodb-store.ts';
import { readEnvironment } from './environment.ts';
import { createHandlers } from './handlers.ts';
import { MAX_EVENT_BYTES } from './transaction.ts';

const { eventsTable, countersTable, deadLetterQueueUrl, quarantineBucket } = readEnvironment(
  process.env,
);

const store = createDynamoDbStore({
  // The client keeps its connections alive. A transaction takes some ten milliseconds: one without
  // an answer after seconds is better asked for again, on another connection, by the same token.
  client: new DynamoDBClient({
    requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
  }),
  eventsTable,
  countersTable,
});

const deadLetters = createDeadLetterQueue({
  queueUrl: deadLetterQueueUrl,
  bucket: quarantineBucket,
});

/** Applies the events of the stream to the tables, exactly once. */
export const handler = createKinesisHandler({
  handlers: createHandlers(MAX_EVENT_BYTES),
  commit: (outcomes, { signal }) =>
    store.apply(
      outcomes.map(({ result }) => result),
      { signal },
    ),
  // A whole batch of the mapping: the store then fills its transactions.
  commitSize: 100,
  onPermanentFailure: (failure, { signal }) => deadLetters.send(deadLetter(failure), { signal }),
});
