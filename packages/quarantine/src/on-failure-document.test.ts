import { describe, expect, it } from 'vitest';
import { onFailureMessage } from '../test/on-failure-message.ts';
import { expiredRange, parseExpiredRange } from './expired-range.ts';
import { parseOnFailureDocument } from './on-failure-document.ts';

const range = {
  streamArn: 'arn:aws:kinesis:eu-west-1:000000000000:stream/events',
  shardId: 'shardId-000000000000',
  startSequenceNumber: '100',
  endSequenceNumber: '200',
  batchSize: 3,
};

describe('parseOnFailureDocument', () => {
  it('reads a batch whose attempts are exhausted', () => {
    expect(parseOnFailureDocument(JSON.stringify(onFailureMessage(range)))).toEqual({
      ok: true,
      document: {
        ...range,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 4,
        functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:processor:live',
        failedAt: '2026-02-01T00:00:09.000Z',
        firstArrivedAt: '2026-01-31T23:59:59.100Z',
        lastArrivedAt: '2026-01-31T23:59:59.900Z',
      },
    });
  });

  it('reads a batch that grew too old, which has no responseContext', () => {
    const { responseContext: _, ...message } = onFailureMessage(range, 'RecordAgeExceeded');
    const parsed = parseOnFailureDocument(JSON.stringify(message));
    expect(parsed).toMatchObject({ ok: true, document: { condition: 'RecordAgeExceeded' } });
  });

  it.each([
    ['a string', '{"Records":[]}'],
    ['an object', { Records: [] }],
  ])('reads the variety for S3, with the payload as %s', (_, payload) => {
    const message = { ...onFailureMessage(range), payload };
    expect(parseOnFailureDocument(JSON.stringify(message))).toMatchObject({
      ok: true,
      document: range,
    });
  });

  it('needs nothing but the place in the stream', () => {
    const parsed = parseOnFailureDocument(
      JSON.stringify({ KinesisBatchInfo: range, timestamp: 7 }),
    );
    expect(parsed).toEqual({ ok: true, document: { ...range, condition: 'unknown' } });
  });

  it.each(['streamArn', 'shardId', 'startSequenceNumber', 'endSequenceNumber'])(
    'refuses a document without %s',
    (field) => {
      const message = onFailureMessage({ ...range, [field]: undefined });
      const parsed = parseOnFailureDocument(JSON.stringify(message));
      expect(parsed).toMatchObject({
        ok: false,
        message: expect.stringContaining(field) as unknown,
      });
    },
  );

  it('refuses a range that ends before it starts, comparing numbers and not texts', () => {
    const backwards = { ...range, startSequenceNumber: '1000', endSequenceNumber: '999' };
    const forwards = { ...range, startSequenceNumber: '999', endSequenceNumber: '1000' };
    expect(parseOnFailureDocument(JSON.stringify(onFailureMessage(backwards))).ok).toBe(false);
    expect(parseOnFailureDocument(JSON.stringify(onFailureMessage(forwards))).ok).toBe(true);
  });
});

describe('parseExpiredRange', () => {
  it('reads what expiredRange builds', () => {
    const batch = { ...range, condition: 'RecordAgeExceeded', approximateInvokeCount: 9 };
    const built = expiredRange(batch, [{ from: '100', to: '149' }], 2);
    expect(parseExpiredRange(JSON.stringify(built))).toEqual({ ok: true, document: built });
  });
});
