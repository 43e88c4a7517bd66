import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
} from '@aws-sdk/client-kinesis';
import { createKinesisServer, type KinesisServer } from '@clickstream/local-aws';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLocalServices } from '../test/local-services.ts';
import { runCommand } from './command.ts';
import { type DeadLetterReason, deadLetter } from './dead-letter.ts';
import { expiredRange } from './expired-range.ts';
import { createQuarantine } from './quarantine.ts';
import { unreadableMessage } from './unreadable-message.ts';

let server: KinesisServer;
let streamArn: string;
let services: Awaited<ReturnType<typeof startLocalServices>>;

beforeAll(async () => {
  server = await createKinesisServer({ limits: false });
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL_KINESIS', server.endpoint);
  const client = new KinesisClient();
  await client.send(new CreateStreamCommand({ StreamName: 'events', ShardCount: 1 }));
  const summary = await client.send(new DescribeStreamSummaryCommand({ StreamName: 'events' }));
  streamArn = summary.StreamDescriptionSummary?.StreamARN ?? '';
  client.destroy();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});
beforeEach(async () => {
  services = await startLocalServices();
  vi.stubEnv('AWS_ENDPOINT_URL_S3', services.endpoint);
  return () => services.close();
});

function quarantine() {
  return createQuarantine({ bucket: services.bucket, client: services.s3 });
}

async function run(...args: string[]) {
  let out = '';
  let err = '';
  const exitCode = await runCommand(args, {
    env: { QUARANTINE_BUCKET: services.bucket },
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { exitCode, out, err };
}

async function put(
  reason: DeadLetterReason,
  day: number,
  sequence: string,
  data = '{"a":1}',
  subsequenceNumber?: number,
) {
  return await quarantine().put(
    deadLetter({
      reason,
      message: 'The click is invalid.',
      issues: [{ path: '/user_id', expected: 'a string', received: 'the number 7' }],
      eventType: 'click',
      failedAtMs: Date.UTC(2026, 0, day, 13),
      record: {
        streamArn,
        shardId: 'shardId-000000000000',
        sequenceNumber: sequence,
        ...(subsequenceNumber !== undefined && { subsequenceNumber }),
        partitionKey: 'ann',
        arrivedAtMs: Date.UTC(2026, 0, day, 12),
        data: Buffer.from(data, 'latin1'),
      },
    }),
  );
}

describe('dlq list', () => {
  it('counts by reason and day', async () => {
    expect((await run('list')).out).toBe('Nothing is in quarantine.\n');
    await put('invalid', 1, '1');
    await put('invalid', 1, '2');
    await put('not_json', 2, '3');
    await quarantine().put(unreadableMessage('id', '', ''));
    const { exitCode, out } = await run('list');
    expect(exitCode).toBe(0);
    expect(out.replaceAll(/\d{3,4}\n/g, 'N\n')).toBe(
      [
        'REASON      ARRIVED     COUNT  BYTES',
        'invalid     2026-01-01      2   N',
        'not_json    2026-01-02      1    N',
        'unreadable  -               1    N',
        '',
      ].join('\n'),
    );
    const json = await run('list', '--json', '--reason', 'invalid');
    expect(JSON.parse(json.out)).toMatchObject({
      ok: true,
      groups: [{ reason: 'invalid', date: '2026-01-01', count: 2 }],
    });
  });

  it('prints the keys, filtered', async () => {
    const key = await put('invalid', 1, '1');
    await put('invalid', 2, '2');
    expect((await run('list', '--keys', '--date', '2026-01-01')).out).toBe(`${key}\n`);
    expect((await run('list', '--keys', '--prefix', key)).out).toBe(`${key}\n`);
    expect((await run('list', '--keys', '--prefix', key, '--reason', 'rejected')).out).toBe('');
    expect((await run('list', '--keys', '--prefix', 'rec', '--reason', 'invalid')).out).not.toBe(
      '',
    );
  });
});

describe('dlq show', () => {
  it('prints the reason, the issues and the payload', async () => {
    const { exitCode, out } = await run('show', await put('invalid', 1, '1'));
    expect(exitCode).toBe(0);
    expect(out).toBe(
      [
        'invalid: The click is invalid.',
        '  /user_id: expected a string, got the number 7',
        'event      click (unknown id)',
        `record     ${streamArn} shardId-000000000000 1`,
        'key        ann',
        'arrived    2026-01-01T12:00:00.000Z',
        'given up   2026-01-01T13:00:00.000Z',
        '',
        '{"a":1}',
        '',
      ].join('\n'),
    );
  });

  it('says which of the aggregated records it is', async () => {
    const keys = [await put('invalid', 1, '77', '{}', 3), await put('invalid', 1, '77', '[]', 10)];
    expect((await run('list', '--keys')).out).toBe(`${keys.join('\n')}\n`);
    const { out } = await run('show', keys[0] ?? '');
    expect(out).toContain(`${streamArn} shardId-000000000000 77, user record 3\n`);
    expect(JSON.parse((await run('show', keys[1] ?? '', '--json')).out)).toMatchObject({
      document: { documentVersion: 2, sequenceNumber: '77', subsequenceNumber: 10 },
    });
  });

  it('does not let a payload steer the terminal', async () => {
    const { out } = await run(
      'show',
      await put('invalid', 1, '1', '\u001b[2J\r\u00c2\u009b\u0007'),
    );
    // oxlint-disable-next-line no-control-regex -- that is what must not come out
    expect(out).not.toMatch(/[^\n\x20-\x7e]/);
    expect(out).toContain('\\u{1b}[2J\\u{d}\\u{9b}\\u{7}');
  });

  it('shows what is no record, and bytes that are no text', async () => {
    const bytes = await run('show', await put('not_json', 1, '1', '\u00ff\u00fe'));
    expect(bytes.out).toContain('not UTF-8, 2 bytes in base64:\n//4=\n');
    const range = { streamArn, shardId: 's', startSequenceNumber: '1', endSequenceNumber: '9' };
    const expired = expiredRange(
      { ...range, batchSize: 3, condition: 'RecordAgeExceeded' },
      [{ from: '1', to: '4' }],
      1,
    );
    expect((await run('show', await quarantine().put(expired))).out).toContain('missing    1 to 4');
    const odd = await quarantine().put(unreadableMessage('id', 'what is this', 'no idea'));
    expect((await run('show', odd)).out).toContain('what is this');
    expect(JSON.parse((await run('show', odd, '--json')).out)).toMatchObject({
      ok: true,
      document: { kind: 'unreadable', body: 'what is this' },
    });
  });

  it('exits with 1 when there is nothing', async () => {
    const { exitCode, out, err } = await run('show', 'records/none', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(err).toContain('records/none');
  });
});

describe('dlq redrive', () => {
  it('does nothing without --yes, and then does it once', async () => {
    await put('exhausted', 1, '1');
    await put('invalid', 1, '2');
    await quarantine().put(unreadableMessage('id', '', ''));
    expect((await run('redrive')).out).toBe(
      '2 records would go back on the stream; run again with --yes.\n' +
        '1 objects without a payload are passed over.\n',
    );
    expect(server.stats().recordsAccepted).toBe(0);
    expect((await run('redrive', '--reason', 'exhausted', '--yes')).out).toBe(
      '1 records are back on the stream.\n',
    );
    expect(server.stats().recordsAccepted).toBe(1);
    const again = await run('redrive', '--reason', 'exhausted', '--yes', '--json');
    expect(JSON.parse(again.out)).toEqual({ ok: true, matched: 0, passedOver: 0, redriven: 0 });
    expect((await run('list', '--keys')).out.split('\n')).toHaveLength(3);
  });
});

describe('dlq purge', () => {
  it('deletes what matches, with --yes only', async () => {
    await put('invalid', 1, '1');
    await put('invalid', 2, '2');
    const filter = ['--date', '2026-01-01'];
    expect((await run('purge', ...filter)).out).toBe(
      '1 objects would be deleted; run again with --yes.\n',
    );
    expect((await run('list', '--keys')).out.split('\n')).toHaveLength(3);
    expect((await run('purge', ...filter, '--yes')).out).toBe('1 objects are deleted.\n');
    expect((await run('list', '--keys')).out.split('\n')).toHaveLength(2);
  });
});

describe('dlq', () => {
  it.each([
    [[], 2],
    [['--help'], 0],
    [['redrive', '--help'], 0],
    [['fly'], 2],
    [['show'], 2],
    [['purge', '--yes'], 2],
    [['list', '--reason', 'because'], 2],
    [['list', '--date', '2026-13-01'], 2],
    [['list', '--bucket', ''], 2],
    [['list', '--bucket', 'no-such-bucket'], 1],
    [['list', '--endpoint', 'http://127.0.0.1:1'], 1],
  ])('%j exits with %i', async (args, exitCode) => {
    expect(await run(...args)).toMatchObject({ exitCode });
  });
});
