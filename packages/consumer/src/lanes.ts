/** What {@link runLanes} works on. */
export interface LaneOptions<Task> {
  readonly tasks: readonly Task[];
  /** Tasks of one key run one after the other, in order. */
  readonly keyOf: (task: Task) => string;
  /** How many tasks may be at work at a time. */
  readonly concurrency: number;
  /** Asked before each start. Once it has said no, it must not say yes again. */
  readonly mayStart: () => boolean;
  /**
   * Does one task. Returns undefined if it is over already, else a promise that never rejects: a
   * batch of synchronous tasks then costs no promises at all.
   */
  readonly run: (task: Task, index: number) => Promise<void> | undefined;
}

/** Runs tasks serially per key, concurrently across keys; resolves when no task is at work. */
export function runLanes<Task>(options: LaneOptions<Task>): Promise<void> {
  const { tasks, keyOf, concurrency, mayStart, run } = options;
  const { promise, resolve } = Promise.withResolvers<void>();
  /** The keys at work, each with the places of the tasks that wait behind. */
  const lanes = new Map<string, number[]>();
  let next = 0;
  let running = 0;

  /** Whether the task takes time. */
  const start = (key: string, task: Task, index: number): boolean => {
    const pending = run(task, index);
    if (!pending) return false;
    if (!lanes.has(key)) lanes.set(key, []);
    running += 1;
    void pending.then(() => resume(key));
    return true;
  };

  const startMore = (): void => {
    for (; next < tasks.length && mayStart(); next += 1) {
      if (running >= concurrency) return;
      const task = tasks[next];
      if (task === undefined) continue;
      const key = keyOf(task);
      // While nothing takes time there are no lanes, and no key needs to be looked for.
      const lane = running > 0 ? lanes.get(key) : undefined;
      if (lane) lane.push(next);
      else start(key, task, next);
    }
    if (running === 0) resolve();
  };

  /** Works through one key's tasks, up to the first that takes time. */
  const resume = (key: string): void => {
    running -= 1;
    const lane = lanes.get(key) ?? [];
    let isPending = false;
    while (!isPending && lane.length > 0 && mayStart()) {
      const index = lane.shift() ?? 0;
      const task = tasks[index];
      isPending = task !== undefined && start(key, task, index);
    }
    if (!isPending) lanes.delete(key);
    startMore();
  };

  startMore();
  return promise;
}
