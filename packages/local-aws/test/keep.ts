// The local services on one directory, in a process that a test can kill.
import { join } from 'node:path';
import { createDynamoDbServer, createKinesisServer, createS3SqsServer } from '../src/index.ts';

const dataDir = process.argv[2] ?? '';
const kinesis = await createKinesisServer({ dataDir: join(dataDir, 'kinesis') });
const dynamodb = await createDynamoDbServer({ dataDir: join(dataDir, 'dynamodb') });
const s3Sqs = await createS3SqsServer({ dataDir: join(dataDir, 's3-sqs') });
process.stdout.write(
  `${JSON.stringify({
    kinesis: kinesis.endpoint,
    dynamodb: dynamodb.endpoint,
    s3Sqs: s3Sqs.endpoint,
  })}\n`,
);
