import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type ConditionParser, rememberConditions } from './condition-cache.ts';
import { ServiceError } from './service-error.ts';

// dynalite's own HTTP server throws, and so ends the process, when a client goes away in the middle
// of a request; and one HTTP request for every item of a transaction would be slow. So only its
// parts are used: store, validations and actions. Its version is pinned exactly for that reason.
const require = createRequire(import.meta.url);
const root = dirname(require.resolve('dynalite'));

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- dynalite has no types; these are ours
function load<T>(file: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return require(join(root, file)) as T;
}

type Callback<T> = (error: unknown, value?: T) => void;

/** A DynamoDB attribute value in wire form, such as `{ N: "1.5" }`. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
  readonly L?: readonly AttributeValue[];
  readonly M?: Item;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
}
/** A DynamoDB item in wire form. */
export interface Item {
  readonly [attribute: string]: AttributeValue;
}
/** The JSON body of a request or of an answer. */
export type Json = Record<string, unknown>;

/** A request on one table after {@link validate}. */
export interface CheckedRequest extends Json {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
}

/** The parts of a table description that the layer needs. */
export interface Table {
  readonly TableName: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}

/** One table's items, or one index, in dynalite's store. */
export interface ItemDb {
  get(key: string, callback: Callback<Item | undefined>): void;
  put(key: string, value: Item, callback: Callback<void>): void;
  del(key: string, callback: Callback<void>): void;
  lock(key: string, run: (release: (then: () => void) => () => void) => void): void;
}

/** One write of a batch in dynalite's store. */
export type StoreWrite =
  | { readonly type: 'put'; readonly key: string; readonly value: Item }
  | { readonly type: 'del'; readonly key: string };

/** What dynalite's actions use of its store. */
export interface ActionStore {
  readonly options: { readonly maxItemSize: number };
  getTable(name: string, checkStatus: boolean | Callback<Table>, callback?: Callback<Table>): void;
  getItemDb(table: string): ItemDb;
  getIndexDb(type: string, table: string, index: string): ItemDb;
}

/** dynalite's whole store. */
export interface Store extends ActionStore {
  readonly db: {
    open(): Promise<void>;
    batch(writes: readonly StoreWrite[], callback: Callback<void>): void;
    close(callback: Callback<void>): void;
  };
  readonly tableDb: { awsAccountId: string; awsRegion: string };
}

interface DynaliteDb {
  create(options: Json): Store;
  createKey(item: Item, table: Table): string;
  validateKey(key: Item, table: Table): unknown;
  validateItem(item: Item, table: Table): unknown;
  checkConditional(input: Json, existing: Item | undefined): unknown;
}

interface Validations {
  checkTypes(input: Json, types: unknown): CheckedRequest;
  checkValidations(input: Json, types: unknown, custom: unknown, store: ActionStore): void;
}

/** What an action answers; `Item` only from GetItem. */
export interface ActionOutput extends Json {
  readonly Item?: Item;
}

type Action = (store: ActionStore, input: Json, callback: Callback<ActionOutput>) => void;

/** dynalite's functions on keys, items and conditions. */
export const db = load<DynaliteDb>('db');
const validations = load<Validations>('validations');
rememberConditions(load<ConditionParser>('db/conditionParser'));

const operations = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
] as const;

/** An operation that dynalite implements. */
export type Operation = (typeof operations)[number];

const parts = new Map(
  operations.map((operation) => {
    const file = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
    const rules = load<{ types: unknown; custom?: unknown }>(`validations/${file}`);
    return [operation, { rules, action: load<Action>(`actions/${file}`) }] as const;
  }),
);

/** Whether dynalite implements the operation of that name. */
export function isOperation(name: string): name is Operation {
  return operations.some((operation) => operation === name);
}

/**
 * Checks a request as dynalite does and parses its expressions.
 *
 * @returns the request without unknown members, with parsed expressions, as {@link act} wants it
 * @throws {@link ServiceError} when DynamoDB would refuse the request before it looks at any item
 */
export function validate(store: ActionStore, operation: Operation, input: Json): CheckedRequest {
  const { rules } = part(operation);
  try {
    const checked = validations.checkTypes({ ...input }, rules.types);
    validations.checkValidations(checked, rules.types, rules.custom, store);
    return checked;
  } catch (error) {
    throw ServiceError.from(error);
  }
}

/** Carries out a request that {@link validate} has checked. */
export function act(
  store: ActionStore,
  operation: Operation,
  checked: Json,
): Promise<ActionOutput> {
  return settle<ActionOutput>((callback) => part(operation).action(store, checked, callback));
}

/** The description of a table; a {@link ServiceError} `ResourceNotFoundException` without it. */
export function describeTable(store: ActionStore, name: string): Promise<Table> {
  return settle<Table>((callback) => store.getTable(name, true, callback));
}

/** Whether a value of parsed JSON is an object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Turns one of dynalite's callbacks into a promise, its errors into {@link ServiceError}. */
export function settle<T>(start: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error) reject(ServiceError.from(error));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no error: then there is a value
      else resolve(value as T);
    });
  });
}

function part(operation: Operation) {
  const found = parts.get(operation);
  if (!found) throw new ServiceError('UnknownOperationException', `No operation ${operation}`);
  return found;
}
