/** What {@link createCommitter} works with. */
export interface CommitterOptions<Item> {
  /** How many items there are per call at most. */
  readonly size: number;
  readonly commit: (items: readonly Item[]) => Promise<unknown>;
  /** Called for each item of a chunk whose commit has resolved. */
  readonly onCommitted: (item: Item) => void;
  /** Called with the first item of a chunk whose commit has failed; no commit starts after it. */
  readonly onFailed: (first: Item | undefined, error: unknown) => void;
}

/** Commits what finishes in any order in the order of the indices, one chunk after the other. */
export interface Committer<Item> {
  /** The task `index` has finished, with something to commit or with nothing. Once per index. */
  finish(index: number, item: Item | undefined): void;
  /** From now on chunks smaller than `size` go out too. */
  hurry(): void;
  /** Commits what is left to commit; resolves when that is done or has failed. */
  drain(): Promise<void>;
  /** No commit starts any more. Returns the first item of the one underway. */
  stop(): Item | undefined;
}

export function createCommitter<Item>(options: CommitterOptions<Item>): Committer<Item> {
  /** Finished, but behind a task that is not. */
  const early = new Map<number, Item | undefined>();
  const ready: Item[] = [];
  let nextIndex = 0;
  let chunk: readonly Item[] = [];
  let underway: Promise<void> | undefined;
  let hurried = false;
  let stopped = false;

  const take = (item: Item | undefined): void => {
    nextIndex += 1;
    if (item !== undefined) ready.push(item);
  };

  const isDue = (): boolean => !stopped && ready.length >= (hurried ? 1 : options.size);

  const commitWhatIsDue = async (): Promise<void> => {
    while (isDue()) {
      chunk = ready.splice(0, options.size);
      try {
        await options.commit(chunk);
        for (const item of chunk) options.onCommitted(item);
      } catch (error) {
        stopped = true;
        options.onFailed(chunk[0], error);
      }
    }
    chunk = [];
    underway = undefined;
  };

  const wake = (): void => {
    // Only when something is due: the loop then awaits, and ends after this assignment.
    if (!underway && isDue()) underway = commitWhatIsDue();
  };

  return {
    finish(index, item) {
      if (index === nextIndex) take(item);
      else early.set(index, item);
      while (early.has(nextIndex)) {
        const value = early.get(nextIndex);
        early.delete(nextIndex);
        take(value);
      }
      wake();
    },
    hurry() {
      hurried = true;
      wake();
    },
    async drain() {
      hurried = true;
      wake();
      await underway;
    },
    stop() {
      stopped = true;
      return chunk[0];
    },
  };
}
