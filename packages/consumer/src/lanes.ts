/** What {@link runLanes} works on. */
export interface LaneOptions<Task> {
  readonly tasks: readonly Task[];
  /** Tasks of one key run one after the other, in order. */
  readonly keyOf: (task: Task) => string;
  /** How many tasks may be at work at a time. */
  readonly concurrency: number;
  /** Asked before each start. Once it has said no, nothing starts any more. */
  readonly mayStart: () => boolean;
  /**
   * Does one task. Returns undefined if it is over already, else a promise that never rejects: a
   * batch of synchronous tasks then costs no promises at all.
   */
  readonly run: (task: Task) => Promise<void> | undefined;
}

/** Runs tasks serially per key, concurrently across keys; resolves when no task is at work. */
export function runLanes<Task>(options: LaneOptions<Task>): Promise<void> {
  const { tasks, keyOf, concurrency, mayStart, run } = options;
  const { promise, resolve } = Promise.withResolvers<void>();
  /** The keys at work, each with the tasks that wait behind. */
  const lanes = new Map<string, Task[]>();
  let next = 0;
  let running = 0;
  let isStopped = false;

  const mayGoOn = (): boolean => {
    isStopped ||= !mayStart();
    return !isStopped;
  };

  /** Works through one key's tasks, up to the first that takes time. */
  const follow = (key: string, first: Task | undefined): void => {
    for (let task = first; task !== undefined && mayGoOn(); task = lanes.get(key)?.shift()) {
      const pending = run(task);
      if (pending) {
        if (!lanes.has(key)) lanes.set(key, []);
        running += 1;
        void pending.then(() => resume(key));
        return;
      }
    }
    lanes.delete(key);
  };

  const startMore = (): void => {
    for (; next < tasks.length && mayGoOn(); next += 1) {
      if (running >= concurrency) return;
      const task = tasks[next];
      if (task === undefined) continue;
      const key = keyOf(task);
      const lane = lanes.get(key);
      if (lane) lane.push(task);
      else follow(key, task);
    }
    if (running === 0) resolve();
  };

  const resume = (key: string): void => {
    running -= 1;
    follow(key, lanes.get(key)?.shift());
    startMore();
  };

  startMore();
  return promise;
}
