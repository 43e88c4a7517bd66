import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isList, isObject } from './input.ts';
import { start, textLike } from './testing.ts';

const run = promisify(execFile);
const boto3Session = fileURLToPath(new URL('../../test/boto3_session.py', import.meta.url));
const shardId = (index: number) => `shardId-${String(index).padStart(12, '0')}`;

/** No profile, no instance metadata, no telemetry: only what is passed. */
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  LANG: 'C.UTF-8',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
  AWS_PAGER: '',
};

const runs = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { env, timeout: 60_000 }).status === 0;

const aws = ['aws', '/usr/bin/aws'].find((command) => runs(command, '--version'));
// A Python of one's own may hide Debian's, which has the packages of apt-get.
const python = ['python3', '/usr/bin/python3'].find((command) =>
  runs(command, '-c', 'import boto3'),
);

const missing = (program: string, debianPackage: string): string =>
  `there is no ${program} on this machine (Debian: apt-get install ${debianPackage})`;

test('a session with the AWS CLI', { timeout: 240_000 }, async ({ skip }) => {
  if (aws === undefined) skip(missing('aws', 'awscli'));
  const { endpoint } = await start();
  const cli = async (operation: string, ...args: string[]): Promise<Record<string, unknown>> => {
    const all = ['--endpoint-url', endpoint, '--output', 'json', 'kinesis', operation, ...args];
    const { stdout } = await run(aws ?? '', all, { env });
    const output: unknown = stdout.trim() === '' ? {} : JSON.parse(stdout);
    return isObject(output) ? output : {};
  };
  const stream = ['--stream-name', 'cli'];

  await cli('create-stream', ...stream, '--shard-count', '1');
  await cli('wait', 'stream-exists', ...stream);
  // Version 1 takes data as text, version 2 as base64: bytes that both read alike as either.
  const records = ['ada', 'bo'].map((key) => ({ PartitionKey: key, Data: 'aGVsbG8h' }));
  const put = await cli('put-records', ...stream, '--records', JSON.stringify(records));
  expect(put).toMatchObject({ FailedRecordCount: 0, Records: [{ ShardId: shardId(0) }, {}] });

  await cli(
    'split-shard',
    ...stream,
    '--shard-to-split',
    shardId(0),
    '--new-starting-hash-key',
    String(2n ** 127n),
  );
  expect(await cli('list-shards', ...stream)).toMatchObject({
    Shards: [
      { SequenceNumberRange: { EndingSequenceNumber: textLike(/^\d{56}$/) } },
      { ParentShardId: shardId(0) },
      { ParentShardId: shardId(0) },
    ],
  });
  expect(await cli('describe-stream-summary', ...stream)).toMatchObject({
    StreamDescriptionSummary: { StreamStatus: 'ACTIVE', OpenShardCount: 2 },
  });

  const from = ['--shard-id', shardId(0), '--shard-iterator-type', 'TRIM_HORIZON'];
  const { ShardIterator: token } = await cli('get-shard-iterator', ...stream, ...from);
  expect(await cli('get-records', '--shard-iterator', String(token))).toMatchObject({
    Records: [{ PartitionKey: 'ada' }, { PartitionKey: 'bo' }],
    ChildShards: [{ ShardId: shardId(1) }, { ShardId: shardId(2) }],
  });

  await expect(cli('describe-stream-summary', '--stream-name', 'missing')).rejects.toMatchObject({
    stderr: textLike(
      /ResourceNotFoundException\) when calling the DescribeStreamSummary operation.*: Stream missing under account 000000000000 not found/,
    ),
  });
});

test('a session with boto3', { timeout: 120_000 }, async ({ skip }) => {
  if (python === undefined) skip(missing('boto3', 'python3-boto3'));
  const { endpoint } = await start();
  const startedAtMs = Date.now();
  const { stdout } = await run(python ?? '', [boto3Session, endpoint], { env });
  const seen: unknown = JSON.parse(stdout);
  if (!isObject(seen)) throw new Error(`boto3 printed ${stdout}`);
  const { sequenceNumbers: numbers } = seen;
  if (!isList(numbers)) throw new Error(`boto3 printed ${stdout}`);
  expect(numbers).toEqual([textLike(/^\d{56}$/), textLike(/^\d{56}$/)]);
  expect(seen).toMatchObject({
    failed: 0,
    read: [
      [numbers[0], 'ada', 'ada ☕'],
      [numbers[1], 'bo', 'bo ☕'],
    ],
    parents: [null, shardId(0), shardId(0)],
    closed: [true, false, false],
    children: [shardId(1), shardId(2)],
    open: 2,
    missing: { code: 'ResourceNotFoundException', status: 400, modeled: true },
    exists: { code: 'ResourceInUseException', status: 400, modeled: true },
    closedShard: { code: 'InvalidArgumentException', status: 400, modeled: true },
    tooLarge: { code: 'InvalidArgumentException', message: textLike(/1048576 bytes/) },
  });
  expect(Number(seen['arrival']) * 1000).toBeGreaterThan(startedAtMs - 1000);
  expect(Number(seen['arrival']) * 1000).toBeLessThan(Date.now() + 1000);
});
