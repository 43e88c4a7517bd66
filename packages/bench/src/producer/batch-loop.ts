/** Batches of so many items, so many under way: the loop that everybody writes around a client. */
export interface BatchLoop<Item> {
  readonly add: (item: Item) => void;
  /** Resolves when another batch may go out. */
  readonly room: () => Promise<void>;
  /** Sends what is left and resolves when nothing is under way. */
  readonly flush: () => Promise<void>;
  /** Items of batches that failed. */
  readonly failed: () => number;
}

export const BATCH = 500;
export const IN_FLIGHT = 4;

/** @param send - resolves to how many items of the batch were not sent. */
export function createBatchLoop<Item>(
  send: (batch: readonly Item[]) => Promise<number>,
): BatchLoop<Item> {
  let batch: Item[] = [];
  const open = new Set<Promise<void>>();
  let failed = 0;

  const count = async (items: readonly Item[]): Promise<void> => {
    try {
      failed += await send(items);
    } catch {
      failed += items.length;
    }
  };
  const sendOff = (): void => {
    const items = batch;
    batch = [];
    const underway = count(items).finally(() => open.delete(underway));
    open.add(underway);
  };
  return {
    add(item) {
      batch.push(item);
      if (batch.length === BATCH) sendOff();
    },
    async room() {
      while (open.size >= IN_FLIGHT) await Promise.race(open);
    },
    async flush() {
      if (batch.length > 0) sendOff();
      await Promise.all(open);
    },
    failed: () => failed,
  };
}
