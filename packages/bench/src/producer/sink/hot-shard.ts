/** What a shard takes: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const RECORDS_PER_SECOND = 1_000;
const BYTES_PER_SECOND = 2 ** 20;

/** A shard that is busy with what others write to it. */
export interface HotShard {
  readonly refill: (nowMs: number) => void;
  /** Whether it takes a record of so many bytes. */
  readonly take: (bytes: number) => boolean;
}

/** @param share - what is left of the shard, 0..1. What is not used of a second is lost. */
export function createHotShard(share: number): HotShard {
  const most = { records: RECORDS_PER_SECOND * share, bytes: BYTES_PER_SECOND * share };
  let { records, bytes } = most;
  let filledMs: number | undefined;
  return {
    refill(nowMs) {
      const seconds = (nowMs - (filledMs ?? nowMs)) / 1000;
      records = Math.min(most.records, records + most.records * seconds);
      bytes = Math.min(most.bytes, bytes + most.bytes * seconds);
      filledMs = nowMs;
    },
    take(size) {
      if (records < 1 || bytes < size) return false;
      records -= 1;
      bytes -= size;
      return true;
    },
  };
}
