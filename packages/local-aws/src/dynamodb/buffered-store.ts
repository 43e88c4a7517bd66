import type { ActionStore, Item, ItemDb, Store, StoreWrite, Table } from './dynalite.ts';

/** A view on the store for one write action: reads go through, writes are kept back. */
export interface BufferedStore extends ActionStore {
  /** What the action wrote, in its order, ready for the store's atomic batch. */
  readonly writes: readonly StoreWrite[];
  /** The item as it was, once the action has read it. */
  readonly existing: () => Item | undefined;
  /** The item as it shall be; undefined when the action deletes or changes nothing. */
  readonly written: () => Item | undefined;
}

/**
 * Lets one of dynalite's own actions decide what to write without writing it, so that many actions
 * can be committed together in one atomic batch or not at all. The caller holds the item's lock.
 */
export function createBufferedStore(store: Store, table: Table): BufferedStore {
  const writes: StoreWrite[] = [];
  let existing: Item | undefined;
  let written: Item | undefined;

  // dynalite keeps everything in one database, under these prefixes.
  const buffer = (prefix: string, source: ItemDb, isItems: boolean): ItemDb => ({
    get: (key, callback) =>
      source.get(key, (error, item) => {
        existing = item;
        callback(error, item);
      }),
    put: (key, value, callback) => {
      if (isItems) written = value;
      writes.push({ type: 'put', key: `${prefix}~${key}`, value });
      callback(null);
    },
    del: (key, callback) => {
      writes.push({ type: 'del', key: `${prefix}~${key}` });
      callback(null);
    },
    lock: (_key, run) => run((then) => then),
  });

  return {
    options: store.options,
    writes,
    existing: () => existing,
    written: () => written,
    getTable: (_name, checkStatus, callback) => {
      if (typeof checkStatus === 'function') checkStatus(null, table);
      else callback?.(null, table);
    },
    getItemDb: (name) => buffer(`item-${name}`, store.getItemDb(name), true),
    getIndexDb: (type, name, index) =>
      buffer(
        `index-${type.toLowerCase()}~${name}~${index}`,
        store.getIndexDb(type, name, index),
        false,
      ),
  };
}
