import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyLetter, sequenceNumber, shardId } from '../test/arbitraries.ts';
import { startLocalServices } from '../test/local-services.ts';
import { deadLetter } from './dead-letter.ts';
import { expiredRange } from './expired-range.ts';
import { createQuarantine, type QuarantineEntry } from './quarantine.ts';
import { keyOf, parseKey, type QuarantineReason } from './quarantine-key.ts';
import { unreadableMessage } from './unreadable-message.ts';

let services: Awaited<ReturnType<typeof startLocalServices>>;
beforeAll(async () => {
  services = await startLocalServices();
});
afterAll(() => services.close());

function open() {
  return createQuarantine({ bucket: services.bucket, client: services.s3 });
}

function letterAt(reason: 'invalid' | 'rejected', day: number, sequence: string) {
  return deadLetter({
    reason,
    message: 'no',
    failedAtMs: 0,
    record: {
      streamArn: 'arn',
      shardId: 'shardId-000000000000',
      sequenceNumber: sequence,
      partitionKey: 'ann',
      arrivedAtMs: Date.UTC(2026, 4, day, 12),
      data: Buffer.from('{"é":1}'),
    },
  });
}

const batch = {
  streamArn: 'arn',
  shardId: 'shardId-000000000000',
  startSequenceNumber: '5',
  endSequenceNumber: '9',
  batchSize: 2,
  condition: 'RecordAgeExceeded',
  firstArrivedAt: '2026-05-02T00:00:00.000Z',
};

describe('createQuarantine', () => {
  it('gives back whatever was put', async () => {
    const quarantine = open();
    await fc.assert(
      fc.asyncProperty(anyLetter, async (letter) => {
        expect(await quarantine.get(await quarantine.put(letter))).toEqual(letter);
      }),
    );
    for (const document of [expiredRange(batch, [], 1), unreadableMessage('id', '\0?', 'why')]) {
      expect(await quarantine.get(await quarantine.put(document))).toEqual(document);
    }
  });

  it('writes JSON that a person can read in the S3 console', async () => {
    const key = await open().put(letterAt('invalid', 1, '1'));
    expect(key).toBe('records/invalid/2026-05-01/shardId-000000000000/1.json');
    const object = await services.s3.send(
      new GetObjectCommand({ Bucket: services.bucket, Key: key }),
    );
    expect(object.ContentType).toBe('application/json; charset=utf-8');
    const text = await object.Body?.transformToString();
    expect(text).toContain('\n  "text": "{\\"é\\":1}",\n');
    expect(text).toMatch(/^\{\n {2}"documentVersion": 1,\n {2}"kind": "record",\n {2}"reason"/);
  });

  it.each([
    ['not UTF-8', Buffer.from([0xff])],
    ['binary', Buffer.from('a\0b')],
    ['long', Buffer.alloc(262_145, 'x')],
  ])('leaves the text out when the payload is %s', async (_, data) => {
    const letter = { ...letterAt('invalid', 1, '2'), data: data.toString('base64') };
    const key = await open().put(letter);
    const object = await services.s3.send(
      new GetObjectCommand({ Bucket: services.bucket, Key: key }),
    );
    expect(JSON.parse((await object.Body?.transformToString()) ?? '')).toEqual(letter);
  });

  it('lists by reason and day, page by page, and passes over what is not its own', async () => {
    const other = await startLocalServices();
    try {
      const quarantine = createQuarantine({ bucket: other.bucket, client: other.s3 });
      const letters = Array.from({ length: 1_001 }, (_, index) =>
        letterAt('rejected', 3, String(index + 1)),
      );
      await Promise.all(letters.map((letter) => quarantine.put(letter)));
      const invalid = await quarantine.put(letterAt('invalid', 4, '7'));
      const expired = await quarantine.put(expiredRange(batch, [], 0));
      const unreadable = await quarantine.put(unreadableMessage('id', '', ''));
      await other.s3.send(
        new PutObjectCommand({ Bucket: other.bucket, Key: 'redriven/x', Body: 'x' }),
      );

      const list = async (reason?: QuarantineReason, date?: string) => {
        const entries: QuarantineEntry[] = [];
        for await (const entry of quarantine.list({ reason, date })) entries.push(entry);
        return entries;
      };
      expect(await list()).toHaveLength(1_004);
      const rejected = await list('rejected', '2026-05-03');
      expect(new Set(rejected.map(({ key }) => key))).toEqual(new Set(letters.map(keyOf)));
      expect(await list('rejected', '2026-05-04')).toEqual([]);
      expect(await list('expired')).toMatchObject([
        { key: expired, reason: 'expired', date: '2026-05-02', sequenceNumber: '5' },
      ]);
      expect(await list('unreadable')).toMatchObject([{ key: unreadable, reason: 'unreadable' }]);
      expect(await list(undefined, '2026-05-04')).toMatchObject([
        { key: invalid, reason: 'invalid', shardId: 'shardId-000000000000', sequenceNumber: '7' },
      ]);
      expect(rejected[0]?.sizeBytes).toBeGreaterThan(100);
      expect(rejected[0]?.storedAt.getTime()).toBeGreaterThan(0);
    } finally {
      await other.close();
    }
  });

  it('says what is wrong', async () => {
    await expect(open().get('records/nothing')).rejects.toMatchObject({ code: 'not_found' });
    await services.s3.send(
      new PutObjectCommand({ Bucket: services.bucket, Key: 'records/foreign', Body: '{}' }),
    );
    await expect(open().get('records/foreign')).rejects.toMatchObject({
      code: 'unreadable_document',
    });
    const lost = createQuarantine({ bucket: 'no-such-bucket', client: services.s3 });
    await expect(lost.put(letterAt('invalid', 1, '1'))).rejects.toMatchObject({
      code: 'store_failed',
      cause: expect.objectContaining({ name: 'NoSuchBucket' }) as unknown,
    });
    await expect(async () => {
      for await (const entry of lost.list()) expect(entry).toBeUndefined();
    }).rejects.toMatchObject({ code: 'store_failed' });
    const client = new S3Client({ region: 'eu-west-1' });
    expect(() => createQuarantine({ bucket: '', client })).toThrow(/bucket must be/);
  });

  it('stops when told to', async () => {
    const signal = AbortSignal.abort();
    await expect(open().put(letterAt('invalid', 1, '1'), { signal })).rejects.toMatchObject({
      code: 'store_failed',
      cause: expect.objectContaining({ name: 'AbortError' }) as unknown,
    });
  });
});

describe('keyOf', () => {
  it('depends on nothing that changes when the record fails again', () => {
    fc.assert(
      fc.property(anyLetter, anyLetter, (letter, later) => {
        const { failedAt, message, issues } = later;
        expect(keyOf({ ...letter, failedAt, message, issues })).toBe(keyOf(letter));
      }),
    );
  });

  it('keeps the user records of one Kinesis record apart, and in their order', () => {
    const place = fc.option(fc.nat(9_999_999), { nil: undefined });
    fc.assert(
      fc.property(place, place, sequenceNumber, (one, two, sequence) => {
        const [a, b] = [one, two].map((subsequenceNumber) =>
          keyOf({
            ...letterAt('invalid', 1, sequence),
            ...(subsequenceNumber !== undefined && { subsequenceNumber }),
          }),
        );
        expect(a === b).toBe(one === two);
        const ordered =
          one === undefined || two === undefined || one < two === (a ?? '') < (b ?? '');
        expect(ordered).toBe(true);
        expect(parseKey(a ?? '')?.sequenceNumber).toBe(sequence);
        expect(parseKey(a ?? '')?.subsequenceNumber).toBe(one);
      }),
    );
  });

  it('keeps every shard and sequence number apart, in characters that are safe in S3', () => {
    fc.assert(
      fc.property(shardId, shardId, sequenceNumber, (one, two, sequence) => {
        const letter = letterAt('invalid', 1, sequence);
        const key = keyOf({ ...letter, shardId: one });
        expect(key).toMatch(
          /^records\/invalid\/2026-05-01\/[A-Za-z0-9!_-][A-Za-z0-9!._-]*\/\d+\.json$/,
        );
        expect(key.length).toBeLessThan(1024);
        expect(keyOf({ ...letter, shardId: two }) === key).toBe(one === two);
        expect(parseKey(key)).toMatchObject({ shardId: one, sequenceNumber: sequence });
      }),
    );
  });
});
