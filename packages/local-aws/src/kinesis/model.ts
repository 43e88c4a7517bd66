export { errorAnswer } from './aws-json.ts';
export { createKinesis, execute, type KinesisOptions } from './kinesis.ts';
export { putRecordsWithFaults, type RecordErrorCode } from './put-operations.ts';
