import type { Entry } from './lane.ts';
import type { ShardQueue } from './shard-queue.ts';

/**
 * The events of one record; several only if they are aggregated.
 *
 * Neither this nor the list is a literal. Of literals V8 learns that what they make in open requests
 * survives, and from then on allocates it in the old generation. There it keeps its events alive when
 * both are long settled, until a major collection: they cost half as much again then.
 */
export class Outgoing<T> {
  readonly queue: ShardQueue<T>;
  readonly bucket: number;
  readonly entries: Entry<T>[];
  bytes: number;

  constructor(queue: ShardQueue<T>, bucket: number, first: Entry<T>) {
    this.queue = queue;
    this.bucket = bucket;
    this.entries = Array.of(first);
    this.bytes = first.bytes;
  }

  add(entry: Entry<T>): void {
    this.entries.push(entry);
    this.bytes += entry.bytes;
  }
}
