import type { Lane } from './lane.ts';
import { NO_ROUTER, type Router } from './router.ts';
import { ShardQueue, type Worth } from './shard-queue.ts';

/** Ready lanes by shard. The shards take turns, so none of them keeps the others waiting. */
export class ShardQueues<T> {
  #router = NO_ROUTER;
  #queues: readonly ShardQueue<T>[] = [new ShardQueue(undefined, NO_ROUTER.buckets)];
  /** Ready, but not routed yet: to hash a key is not for the caller who tracks an event. */
  #unrouted: Lane<T>[] = [];
  #turn = 0;
  /** False: no shard is throttled, and none need be asked. */
  mayBePaced = false;

  get all(): readonly ShardQueue<T>[] {
    return this.#queues;
  }

  /** Whether any shard is throttled. */
  get isPaced(): boolean {
    return this.mayBePaced && this.#queues.some(({ pacer }) => pacer.isPaced);
  }

  /** After a pacer was told something. */
  updatePace(): void {
    this.mayBePaced = this.#queues.some(({ pacer }) => pacer.isPaced);
  }

  /** Adds a lane that has become ready. */
  push(lane: Lane<T>): void {
    if (lane.queue !== undefined) lane.queue.push(lane);
    else if (this.#router === NO_ROUTER) this.route(lane);
    else this.#unrouted.push(lane);
  }

  /** Finds out which shard the key belongs to. */
  route(lane: Lane<T>): ShardQueue<T> | undefined {
    if (lane.queue !== undefined) return lane.queue;
    const { shard, bucket } = this.#router.route(lane.key);
    const queue = this.#queues[shard];
    lane.queue = queue;
    lane.bucket = bucket;
    if (queue === undefined) return undefined;
    queue.heldRecords += lane.records;
    queue.heldBytes += lane.bytes;
    if (lane.state === 'ready') queue.push(lane);
    return queue;
  }

  routeAll(): void {
    if (this.#unrouted.length === 0) return;
    for (const lane of this.#unrouted) if (lane.state === 'ready') this.route(lane);
    this.#unrouted = [];
  }

  /**
   * From now on keys are routed by another router. The pace of a shard that stays is kept.
   *
   * @param lanes all that exist, ready or not
   */
  reroute(router: Router, lanes: Iterable<Lane<T>>): void {
    this.routeAll();
    const ready = this.#queues.flatMap((queue) => queue.drain());
    const pacers = new Map(this.#queues.map(({ shard, pacer }) => [shard?.shardId, pacer]));
    this.#router = router;
    this.#queues = router.shards.map(
      (shard) => new ShardQueue(shard, router.buckets, pacers.get(shard?.shardId)),
    );
    this.#turn = 0;
    this.updatePace();
    for (const lane of lanes) lane.queue = undefined;
    for (const lane of ready) {
      lane.state = 'ready';
      this.#unrouted.push(lane);
    }
  }

  /** The shard whose turn it is among those that have something to send and may, and its bucket. */
  next(
    nowMs: number,
    worthOf: (queue: ShardQueue<T>) => Worth,
  ): { readonly queue: ShardQueue<T>; readonly bucket: number } | undefined {
    const { length } = this.#queues;
    for (let step = 0; step < length; step += 1) {
      const index = (this.#turn + step) % length;
      const queue = this.#queues[index];
      if (queue === undefined || queue.readyRecords === 0) continue;
      if (queue.pacer.nextAtMs(nowMs) > nowMs) continue;
      const bucket = queue.nextBucket(worthOf(queue));
      if (bucket === undefined) continue;
      this.#turn = index + 1;
      return { queue, bucket };
    }
    return undefined;
  }

  /** After lanes were taken out: looks anew for the oldest of every shard. */
  updateOldest(): void {
    for (const queue of this.#queues) {
      if (queue.oldestAtMs !== Number.POSITIVE_INFINITY) queue.updateOldest();
    }
  }

  clear(): void {
    for (const queue of this.#queues) {
      queue.drain();
      queue.heldRecords = 0;
      queue.heldBytes = 0;
    }
    this.#unrouted = [];
  }
}
