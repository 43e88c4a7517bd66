import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from './environment.ts';
import { createStreamProcessor } from './stream-processor.ts';
import { createTelemetry } from './telemetry.ts';

const serviceName = 'stream-processor';

/** Applies the events of the stream to the tables, exactly once. */
export const handler = createStreamProcessor({
  environment: readEnvironment(process.env),
  // The client keeps its connections alive. A transaction takes some ten milliseconds: one without
  // an answer after seconds is better asked for again, on another connection, by the same token.
  dynamodb: new DynamoDBClient({
    requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
  }),
  ...createTelemetry(
    new Logger({ serviceName }),
    new Metrics({ namespace: 'Clickstream', serviceName }),
  ),
});
