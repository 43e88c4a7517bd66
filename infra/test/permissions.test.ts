import { expect, test } from 'vitest';
import { arnOf, Synthesized } from './synthesize.ts';

const synthesized = new Synthesized();
const stream = synthesized.the('AWS::Kinesis::Stream');
const events = synthesized.the('AWS::DynamoDB::Table', 'Events');
const counters = synthesized.the('AWS::DynamoDB::Table', 'Counters');
const queue = synthesized.the('AWS::SQS::Queue', 'Queue');
const objects = {
  'Fn::Join': ['', [arnOf(synthesized.the('AWS::S3::Bucket')), '/*']],
};

function allow(action: string | readonly string[], resource: unknown): object {
  return { Effect: 'Allow', Action: action, Resource: resource };
}

function policiesOf(role: string): unknown {
  return synthesized.the('AWS::IAM::Role', role).properties['Policies'];
}

function exactly(statements: readonly object[]): unknown {
  return [
    { PolicyName: 'MayDo', PolicyDocument: { Version: '2012-10-17', Statement: statements } },
  ];
}

function writeLog(role: string): object {
  const logs = synthesized.the('AWS::Logs::LogGroup', role);
  return allow(['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf(logs));
}

test('the stream-processor reads the stream, writes items and letters, and nothing else', () => {
  expect(policiesOf('StreamProcessor')).toEqual(
    exactly([
      allow(
        [
          'kinesis:DescribeStream',
          'kinesis:DescribeStreamSummary',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
        ],
        arnOf(stream),
      ),
      allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], [arnOf(counters), arnOf(events)]),
      allow('sqs:SendMessage', arnOf(queue)),
      allow('s3:PutObject', objects),
      writeLog('StreamProcessor'),
    ]),
  );
});

test('the dlq-handler consumes letters, reads ranges, writes objects, and nothing else', () => {
  expect(policiesOf('DlqHandler')).toEqual(
    exactly([
      allow(['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'], arnOf(queue)),
      allow(['kinesis:GetRecords', 'kinesis:GetShardIterator'], arnOf(stream)),
      allow('s3:PutObject', objects),
      writeLog('DlqHandler'),
    ]),
  );
});

test('nobody else may do anything', () => {
  expect(synthesized.all('AWS::IAM::Role')).toHaveLength(2);
  expect(
    synthesized.all('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::Lambda::Permission'),
  ).toEqual([]);
  expect(JSON.stringify(synthesized.resources)).not.toContain('ManagedPolicyArns');
});
