import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyLetter, anyText } from '../test/arbitraries.ts';
import { type DeadLetter, deadLetter, parseDeadLetter, payloadOf } from './dead-letter.ts';

const letter: DeadLetter = deadLetter({
  reason: 'invalid',
  message: 'user_id must be a string.',
  issues: [{ path: '/user_id', expected: 'a string', received: 'number 7' }],
  eventType: 'click',
  record: {
    streamArn: 'arn:aws:kinesis:eu-west-1:000000000000:stream/events',
    shardId: 'shardId-000000000001',
    sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    partitionKey: 'ann',
    arrivedAtMs: Date.UTC(2026, 0, 31, 23, 59, 59, 999),
    data: Buffer.from('{"user_id":7}'),
  },
  failedAtMs: Date.UTC(2026, 1, 1),
});

function parseChanged(changes: Record<string, unknown>) {
  return parseDeadLetter(JSON.stringify({ ...letter, ...changes }));
}

describe('deadLetter', () => {
  it('keeps the payload byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        const built = deadLetter({ ...letter, record: { ...letter, arrivedAtMs: 0, data } });
        expect(Uint8Array.from(payloadOf(built))).toEqual(data);
      }),
    );
  });

  it('takes the time of failure for an arrival that is no time', () => {
    for (const arrivedAtMs of [Number.NaN, Infinity, 9e15]) {
      const record = { ...letter, arrivedAtMs, data: new Uint8Array() };
      const built = deadLetter({ ...letter, failedAtMs: 0, record });
      expect(built.arrivedAt).toBe('1970-01-01T00:00:00.000Z');
    }
  });
});

describe('parseDeadLetter', () => {
  it('reads whatever deadLetter builds', () => {
    fc.assert(
      fc.property(anyLetter, (any) => {
        expect(parseDeadLetter(JSON.stringify(any))).toEqual({ ok: true, document: any });
      }),
    );
  });

  it('forgives unknown fields and missing extras', () => {
    const { issues: _, message: __, eventType: ___, ...needed } = letter;
    const text = JSON.stringify({ ...needed, text: 'x', severity: { level: 3 } });
    expect(parseDeadLetter(text)).toEqual({
      ok: true,
      document: { ...needed, issues: [], message: '' },
    });
  });

  it.each([
    ['documentVersion', 3],
    ['kind', 'expired'],
    ['reason', 'because'],
    ['issues', 'none'],
    ['issues', [{ path: 7 }]],
    ['streamArn', undefined],
    ['shardId', ''],
    ['shardId', 'x'.repeat(129)],
    ['sequenceNumber', 42],
    ['sequenceNumber', '42.0'],
    ['sequenceNumber', '042'],
    ['partitionKey', null],
    ['arrivedAt', 'yesterday'],
    ['data', 'not base64!'],
    ['data', 'QUJ'],
  ])('refuses %s = %j and names the field', (field, value) => {
    const parsed = parseChanged({ [field]: value });
    expect(parsed.ok).toBe(false);
    expect(parsed).toHaveProperty('message', expect.stringContaining(field));
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.json()), (text) => {
        expect(parseDeadLetter(text).ok).toBe(false);
      }),
    );
    expect(parseDeadLetter('{"__proto__":{"kind":"record"}}').ok).toBe(false);
  });
});
