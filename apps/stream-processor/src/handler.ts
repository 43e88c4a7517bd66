import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createDynamoDbClient } from './dynamodb-client.ts';
import { readEnvironment } from './environment.ts';
import { createStreamProcessor } from './stream-processor.ts';
import { createTelemetry } from './telemetry.ts';

const serviceName = 'stream-processor';

/** Applies the events of the stream to the tables, exactly once. */
export const handler = createStreamProcessor({
  environment: readEnvironment(process.env),
  dynamodb: createDynamoDbClient(),
  ...createTelemetry(
    new Logger({ serviceName }),
    new Metrics({ namespace: 'Clickstream', serviceName }),
  ),
});
