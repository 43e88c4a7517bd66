import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * The client of the function, which keeps its connections alive. A transaction takes some ten
 * milliseconds: one without an answer after seconds is better asked for again, on another connection,
 * by the same token.
 */
export function createDynamoDbClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
  });
  // It copies every request and answer for a logger, also when there is none: a tenth of the
  // function's processor time.
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
