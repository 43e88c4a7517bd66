import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Mood, startFakeShard } from '../test/fake-shard.ts';
import type { SequenceRange } from './expired-range.ts';
import { type ReadRangeOptions, readRange } from './read-range.ts';

let shard: Awaited<ReturnType<typeof startFakeShard>>;
beforeAll(async () => {
  shard = await startFakeShard();
});
afterAll(() => shard.close());

const place = {
  streamArn: 'arn:aws:kinesis:eu-west-1:000000000000:stream/events',
  shardId: 'shardId-000000000000',
  pauseMs: 0,
};

async function read(start: string, end: string, options: Partial<ReadRangeOptions> = {}) {
  const range = { startSequenceNumber: start, endSequenceNumber: end };
  const records: string[] = [];
  const missing: SequenceRange[] = [];
  for await (const part of readRange({ ...place, client: shard.client, ...range, ...options })) {
    if (part.kind === 'expired') missing.push(part.missing);
    else records.push(...part.records.map(({ sequenceNumber }) => sequenceNumber));
  }
  return { records, missing };
}

const previous = (number: string) => String(BigInt(number) - 1n);
const following = (number: string) => String(BigInt(number) + 1n);

/** Ascending sequence numbers of different lengths, with gaps as in a real shard. */
const history = fc
  .array(fc.oneof(fc.constant(1n), fc.bigInt({ min: 1n, max: 10n ** 12n })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((gaps) => {
    let last = 0n;
    return gaps.map((gap) => String((last += gap)));
  });

const mood = fc.constantFrom<Mood | undefined>(undefined, 'throttled', 'empty', 'iterator_expired');

describe('readRange', () => {
  it('finds exactly what is left of the range, however the shard behaves', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.nat(),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 10 }),
        fc.boolean(),
        fc.array(mood, { maxLength: 8 }),
        async (written, one, two, trim, pageRecords, isClosed, moods) => {
          const [from, to] = [one % written.length, two % written.length].toSorted((a, b) => a - b);
          const start = written[from ?? 0] ?? '';
          const end = written[to ?? 0] ?? '';
          const records = written.slice(trim % (written.length + 1));
          shard.become({ records, isClosed, moods: [...moods] });

          const left = records.filter(
            (record) => BigInt(record) >= BigInt(start) && BigInt(record) <= BigInt(end),
          );
          const result = await read(start, end, { pageRecords });
          const first = left[0];
          const lost =
            first === undefined ? { from: start, to: end } : { from: start, to: previous(first) };
          expect(result).toEqual({ records: left, missing: first === start ? [] : [lost] });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives each record whole', async () => {
    shard.become({ records: ['5'] });
    const range = { startSequenceNumber: '5', endSequenceNumber: '5' };
    const parts = readRange({ ...place, client: shard.client, ...range });
    expect(await parts.next()).toEqual({
      done: false,
      value: {
        kind: 'records',
        records: [
          {
            streamArn: place.streamArn,
            shardId: place.shardId,
            sequenceNumber: '5',
            partitionKey: 'key 5',
            arrivedAtMs: 1_700_000_000_123,
            data: Uint8Array.from(Buffer.from('data 5')),
          },
        ],
      },
    });
    expect(await parts.next()).toEqual({ done: true });
  });

  it('asks for no page that it does not need', async () => {
    shard.become({ records: ['1', '2', '3', '4', '5'] });
    await read('1', '2', { pageRecords: 2 });
    expect(shard.requests()).toEqual(['GetShardIterator', 'GetRecords']);
  });

  it('holds one page at a time', async () => {
    shard.become({ records: ['1', '2', '3', '4'] });
    const range = { startSequenceNumber: '1', endSequenceNumber: '4' };
    const parts = readRange({ ...place, client: shard.client, ...range, pageRecords: 2 });
    await parts.next();
    expect(shard.requests()).toEqual(['GetShardIterator', 'GetRecords']);
    await parts.return();
    expect(shard.requests()).toEqual(['GetShardIterator', 'GetRecords']);
  });

  it.each(['ResourceNotFoundException', 'InvalidArgumentException'])(
    'calls the whole range expired when the place is refused with %s',
    async (refusal) => {
      shard.become({ records: ['1'], refusal });
      expect(await read('1', '9')).toEqual({ records: [], missing: [{ from: '1', to: '9' }] });
    },
  );

  it('calls the rest expired when the shard vanishes half-way', async () => {
    shard.become({ records: ['1', '4', '9'], moods: [undefined, 'shard_gone'] });
    expect(await read('1', '9', { pageRecords: 2 })).toEqual({
      records: ['1', '4'],
      missing: [{ from: following('4'), to: '9' }],
    });
  });

  it('names both ends when both are missing', async () => {
    shard.become({ records: ['4'], isClosed: true });
    expect(await read('1', '9')).toEqual({
      records: ['4'],
      missing: [
        { from: '1', to: '3' },
        { from: '5', to: '9' },
      ],
    });
  });

  it('gives up after many throttles, and says so', async () => {
    shard.become({ records: ['1'], moods: Array.from({ length: 50 }, () => 'throttled') });
    await expect(read('1', '1')).rejects.toMatchObject({
      code: 'read_failed',
      cause: expect.objectContaining({ name: 'ProvisionedThroughputExceededException' }) as unknown,
    });
    expect(shard.requests()).toHaveLength(10);
  });

  it('takes no other error for an expired range', async () => {
    shard.become({ records: ['1'], refusal: 'AccessDeniedException' });
    await expect(read('1', '1')).rejects.toMatchObject({ code: 'read_failed' });
  });

  it('stops when told to, also while it waits', async () => {
    shard.become({ records: ['1', '2'] });
    const stop = new AbortController();
    shard.become({ records: ['1', '2'], beforePage: () => setTimeout(() => stop.abort(), 5) });
    const reading = read('1', '2', { pageRecords: 1, pauseMs: 60_000, signal: stop.signal });
    await expect(reading).rejects.toThrow(/abort/);
    await expect(read('1', '2', { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });

  it.each([
    ['9', '1', {}],
    ['', '1', {}],
    ['1', 'x', {}],
    ['1', '2', { pageRecords: 0 }],
    ['1', '2', { pageRecords: 10_001 }],
    ['1', '2', { pauseMs: -1 }],
    ['1', '2', { pauseMs: Number.NaN }],
  ])('refuses %j to %j with %j', async (start, end, options) => {
    await expect(read(start, end, options)).rejects.toMatchObject({ code: 'invalid_option' });
  });
});
