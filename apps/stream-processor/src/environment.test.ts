import { expect, test } from 'vitest';
import { readEnvironment } from './environment.ts';

test('reads what the stack sets', () => {
  const variables = {
    EVENTS_TABLE: 'events',
    COUNTERS_TABLE: 'counters',
    DEAD_LETTER_QUEUE_URL: 'https://sqs.example/queue',
    QUARANTINE_BUCKET: 'bucket',
    PATH: '/bin',
  };
  expect(readEnvironment(variables)).toEqual({
    eventsTable: 'events',
    countersTable: 'counters',
    deadLetterQueueUrl: 'https://sqs.example/queue',
    quarantineBucket: 'bucket',
  });
});

test('names everything that is missing or empty', () => {
  expect(() => readEnvironment({ EVENTS_TABLE: 'events', COUNTERS_TABLE: '' })).toThrow(
    expect.objectContaining({
      code: 'missing_variable',
      message:
        "The function's environment lacks COUNTERS_TABLE, DEAD_LETTER_QUEUE_URL, QUARANTINE_BUCKET: set it where the function is defined",
    }),
  );
});
