import { deaggregate, hashKeyOf } from '@clickstream/aggregation';
import type { TestStream } from '../kinesis.ts';

/** An event as it lies in the stream, whoever wrote it. */
export interface StoredView {
  readonly shardId: string;
  readonly userId: string;
  readonly eventId: string;
  /** The number in its title. */
  readonly number: number;
}

/** Everything in the stream, aggregates unpacked, shard by shard in order. */
export async function readViews(stream: TestStream): Promise<StoredView[]> {
  const records = await stream.rawRecords();
  return [...records].flatMap(([place, { data, partitionKey }]) => {
    const [shardId = ''] = place.split('/');
    const unpacked = deaggregate(data);
    const all = unpacked === undefined ? [{ data, partitionKey }] : unpacked;
    return all.map((record) => toView(shardId, record.data));
  });
}

function toView(shardId: string, data: Uint8Array): StoredView {
  const event: unknown = JSON.parse(Buffer.from(data).toString());
  const field = (name: string): string => String(Reflect.get(Object(event), name));
  return {
    shardId,
    userId: field('user_id'),
    eventId: field('event_id'),
    number: Number(field('title')),
  };
}

/** How many events are not there. */
export function lost(views: readonly StoredView[], tracked: number): number {
  return tracked - new Set(views.map(({ number }) => number)).size;
}

/** How many events came after a later one of the same user, first appearances only. */
export function swapped(views: readonly StoredView[]): number {
  const latest = new Map<string, number>();
  const seen = new Set<number>();
  let count = 0;
  for (const { userId, number } of views) {
    if (seen.has(number)) continue;
    seen.add(number);
    const before = latest.get(userId) ?? -1;
    if (number < before) count += 1;
    latest.set(userId, Math.max(before, number));
  }
  return count;
}

/** How many events lie in another shard than their user's, of so many equally wide ones. */
export function misplaced(views: readonly StoredView[], shardCount: number): number {
  const isMisplaced = ({ shardId, userId }: StoredView): boolean =>
    Math.floor((Number.parseInt(hashKeyOf(userId).slice(0, 2), 16) * shardCount) / 256) !==
    Number(shardId.slice(-12));
  return views.filter(isMisplaced).length;
}
