import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createDynamoDbClient } from './dynamodb-client.ts';

test('no request is copied for a logger', () => {
  const isLogger: unknown = expect.stringMatching(/logger/i);
  expect(new DynamoDBClient().middlewareStack.identify()).toContainEqual(isLogger);
  expect(createDynamoDbClient().middlewareStack.identify()).not.toContainEqual(isLogger);
});
