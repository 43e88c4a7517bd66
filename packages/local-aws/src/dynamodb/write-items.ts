import { createBufferedStore } from './buffered-store.ts';
import {
  act,
  type CheckedRequest,
  db,
  describeTable,
  type Item,
  type ItemDb,
  type Json,
  type Store,
  settle,
  type Table,
} from './dynalite.ts';
import { itemBytes, itemSizeError, keySizeError } from './item-size.ts';
import { ServiceError } from './service-error.ts';

/** One validated write, or the check of a condition, on one item. */
export interface WriteOperation {
  readonly kind: 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheck';
  /** The request as dynalite's validation returns it. */
  readonly checked: CheckedRequest;
  /** Whether a failed condition reports the item as it is. */
  readonly returnExisting: boolean;
}

/** What became of one operation. */
export type WriteOutcome =
  | {
      readonly ok: true;
      readonly output: Json;
      /** The larger of the item's sizes before and after: what DynamoDB charges and limits. */
      readonly bytes: number;
    }
  | { readonly ok: false; readonly error: ServiceError; readonly existing?: Item | undefined };

/** A request and the item that it is about. */
export interface Target<Operation extends { readonly checked: CheckedRequest }> {
  readonly operation: Operation;
  readonly table: Table;
  readonly items: ItemDb;
  /** Undefined when the key itself is wrong; then the action says so. */
  readonly key: string | undefined;
}

/**
 * Carries out writes on different items: all of them, or none when one fails.
 *
 * Each item is locked, then dynalite's own action decides on a buffered view what to write; the
 * writes of all are committed in one atomic batch of the store, which readers see whole or not at
 * all. A writer that meets a locked item waits; AWS would answer a conflict to one of the two.
 *
 * @throws {@link ServiceError} when a table is missing or two operations are on one item
 */
export async function writeItems(
  store: Store,
  operations: readonly WriteOperation[],
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<readonly WriteOutcome[]> {
  const targets = await findTargets(store, operations);
  const release = await lockItems(targets);
  try {
    const attempts = await Promise.all(targets.map((target) => attempt(store, target)));
    const outcomes = attempts.map(({ outcome }) => outcome);
    if (outcomes.some(({ ok }) => !ok)) return outcomes;
    if (outcomes.reduce((sum, outcome) => sum + (outcome.ok ? outcome.bytes : 0), 0) > maxBytes)
      throw new ServiceError(
        'ValidationException',
        `Transaction exceeds the limit of ${maxBytes} bytes`,
      );
    const writes = attempts.flatMap((one) => one.writes);
    if (writes.length > 0) await settle<void>((callback) => store.db.batch(writes, callback));
    return outcomes;
  } finally {
    release();
  }
}

/**
 * Waits until no other writer holds any of the items, then keeps them.
 * Locks are taken in one fixed order, so two writers never wait for each other.
 */
export async function lockItems(
  targets: readonly Pick<Target<never>, 'table' | 'items' | 'key'>[],
): Promise<() => void> {
  const ordered = targets
    .flatMap(({ table, items, key }) =>
      key === undefined ? [] : [{ id: `${table.TableName}/${key}`, items, key }],
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const releases: (() => void)[] = [];
  for (const { items, key } of ordered) {
    releases.push(
      await new Promise<() => void>((resolve) => {
        items.lock(key, (release) => resolve(release(() => undefined)));
      }),
    );
  }
  return () => {
    for (const release of releases) release();
  };
}

/** The tables and item keys of requests that name one item each. */
export async function findTargets<Operation extends { readonly checked: CheckedRequest }>(
  store: Store,
  operations: readonly Operation[],
): Promise<Target<Operation>[]> {
  const tables = new Map<string, Table>();
  const seen = new Set<string>();
  const targets: Target<Operation>[] = [];
  for (const operation of operations) {
    const name = operation.checked.TableName;
    const table = tables.get(name) ?? (await describeTable(store, name));
    tables.set(name, table);
    const key = itemKey(operation.checked, table);
    const id = `${name}/${key}`;
    if (key !== undefined && seen.has(id))
      throw new ServiceError(
        'ValidationException',
        'Transaction request cannot include multiple operations on one item',
      );
    seen.add(id);
    targets.push({ operation, table, items: store.getItemDb(name), key });
  }
  return targets;
}

function itemKey({ Item: item, Key: key }: CheckedRequest, table: Table): string | undefined {
  if (item) return db.validateItem(item, table) ? undefined : db.createKey(item, table);
  return key === undefined || db.validateKey(key, table) ? undefined : db.createKey(key, table);
}

async function attempt(store: Store, { operation, table, key }: Target<WriteOperation>) {
  const buffered = createBufferedStore(store, table);
  const { checked } = operation;
  const fail = (error: ServiceError): { outcome: WriteOutcome; writes: [] } => ({
    outcome: {
      ok: false,
      error,
      ...(operation.returnExisting && error.type === 'ConditionalCheckFailedException'
        ? { existing: buffered.existing() }
        : {}),
    },
    writes: [],
  });
  try {
    const tooLongKey = keySizeError(checked.Item ?? checked.Key ?? {}, table);
    if (tooLongKey) return fail(tooLongKey);
    const output =
      operation.kind === 'ConditionCheck'
        ? await checkCondition(buffered.getItemDb(table.TableName), checked, table, key)
        : await act(buffered, operation.kind, checked);
    const tooLarge = itemSizeError(buffered.written());
    if (tooLarge) return fail(tooLarge);
    const images = [buffered.existing(), buffered.written()];
    const bytes = Math.max(...images.map((image) => (image ? itemBytes(image) : 0)));
    const outcome: WriteOutcome = { ok: true, output, bytes };
    return { outcome, writes: buffered.writes };
  } catch (error) {
    return fail(ServiceError.from(error));
  }
}

async function checkCondition(
  items: ItemDb,
  checked: CheckedRequest,
  table: Table,
  key: string | undefined,
): Promise<Json> {
  if (key === undefined) throw ServiceError.from(db.validateKey(checked.Key ?? {}, table));
  const item = await settle<Item | undefined>((callback) => items.get(key, callback));
  const failed = db.checkConditional(checked, item);
  if (failed) throw ServiceError.from(failed);
  return {};
}
