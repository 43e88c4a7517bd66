/** What {@link runLanes} works on. */
export interface LaneOptions {
  /** The key of each task; tasks of one key run one after the other, in order. */
  readonly keys: readonly string[];
  /** How many tasks may be at work at a time. */
  readonly concurrency: number;
  /** Asked before each start. Once it has said no, nothing starts any more. */
  readonly mayStart: () => boolean;
  /**
   * Does one task. Returns undefined if it is over already, else a promise that never rejects: a
   * batch of synchronous tasks then costs no promises at all.
   */
  readonly run: (index: number) => Promise<void> | undefined;
}

/** Runs tasks serially per key, concurrently across keys; resolves when no task is at work. */
export function runLanes({ keys, concurrency, mayStart, run }: LaneOptions): Promise<void> {
  /** The keys at work, each with the tasks that wait behind. */
  const lanes = new Map<string, number[]>();
  let next = 0;
  let running = 0;
  let stopped = false;

  return new Promise((resolve) => {
    const mayGoOn = (): boolean => {
      stopped ||= !mayStart();
      return !stopped;
    };

    /** Works through one key's tasks, up to the first that takes time. */
    const follow = (key: string, first: number | undefined): void => {
      for (let index = first; index !== undefined && mayGoOn(); index = lanes.get(key)?.shift()) {
        const pending = run(index);
        if (pending) {
          if (!lanes.has(key)) lanes.set(key, []);
          running += 1;
          void pending.then(() => {
            running -= 1;
            follow(key, lanes.get(key)?.shift());
            startMore();
          });
          return;
        }
      }
      lanes.delete(key);
    };

    const startMore = (): void => {
      while (running < concurrency && next < keys.length && mayGoOn()) {
        const index = next;
        next += 1;
        const key = keys[index] ?? '';
        const lane = lanes.get(key);
        if (lane) lane.push(index);
        else follow(key, index);
      }
      if (running === 0) resolve();
    };

    startMore();
  });
}
