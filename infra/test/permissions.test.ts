import { expect, test } from 'vitest';
import { synthesize } from './synthesize.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

const { template, resources } = synthesize();

/** What a role may do: actions on the kind of thing that the logical ids in the resources name. */
function permissions(role: string): Record<string, readonly string[]> {
  const [, resource] = Object.entries(resources).find(([id]) => id.startsWith(role)) ?? [];
  const policies = resource?.Properties['Policies'] as readonly Policy[];
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  return Object.fromEntries(
    statements.map(({ Resource, Action }) => [targets(Resource), [Action].flat()]),
  );
}

/** Logical ids without CDK's hash, and what is written behind them. */
function targets(resource: unknown): string {
  return [resource].flat().map(target).join(' + ');
}

function target(resource: unknown): string {
  const { 'Fn::GetAtt': attribute, 'Fn::Join': join } = resource as {
    'Fn::GetAtt'?: readonly string[];
    'Fn::Join'?: readonly [string, readonly unknown[]];
  };
  if (attribute !== undefined) return (attribute[0] ?? '').replace(/[0-9A-F]{8}$/, '');
  if (join !== undefined) {
    return join[1].map((part) => (typeof part === 'string' ? part : target(part))).join('');
  }
  throw new Error(`A permission on something unexpected: ${JSON.stringify(resource)}`);
}

test('the stream-processor reads the stream, writes items and letters, and nothing else', () => {
  expect(permissions('StreamProcessorRole')).toEqual({
    EventStream: [
      'kinesis:DescribeStream',
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
    ],
    'TablesCounters + TablesEvents': ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    DeadLettersQueue: ['sqs:SendMessage'],
    'QuarantineBucket/*': ['s3:PutObject'],
    StreamProcessorLogs: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  });
});

test('the dlq-handler consumes letters, reads ranges, writes objects, and nothing else', () => {
  expect(permissions('DeadLettersDlqHandlerRole')).toEqual({
    DeadLettersQueue: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    EventStream: ['kinesis:GetRecords', 'kinesis:GetShardIterator'],
    'QuarantineBucket/*': ['s3:PutObject'],
    DeadLettersDlqHandlerLogs: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  });
});

test('nobody else may do anything', () => {
  template.resourceCountIs('AWS::IAM::Role', 2);
  template.resourceCountIs('AWS::IAM::Policy', 0);
  template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  template.resourceCountIs('AWS::Lambda::Permission', 0);
  expect(JSON.stringify(resources)).not.toContain('ManagedPolicyArns');
});
