import { createHash } from 'node:crypto';
import {
  act,
  type Item,
  isObject,
  type Json,
  type Operation,
  type Store,
  validate,
} from './dynalite.ts';
import { ServiceError } from './service-error.ts';
import {
  findTargets,
  lockItems,
  type WriteOperation,
  type WriteOutcome,
  writeItems,
} from './write-items.ts';

// Limits: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
const maxItems = 100;
const maxBytes = 4 * 1024 * 1024;
const tokenLifetimeMs = 10 * 60 * 1000;

// What a transaction may hold, and the plain operation whose rules apply to it. A check has no plain
// counterpart: a conditional delete has the same members.
const writeKinds = {
  Put: { kind: 'PutItem', rules: 'PutItem' },
  Update: { kind: 'UpdateItem', rules: 'UpdateItem' },
  Delete: { kind: 'DeleteItem', rules: 'DeleteItem' },
  ConditionCheck: { kind: 'ConditionCheck', rules: 'DeleteItem' },
} as const satisfies Record<string, { kind: WriteOperation['kind']; rules: Operation }>;

/** TransactWriteItems and TransactGetItems, which dynalite lacks. */
export interface Transactions {
  write(input: Json): Promise<Json>;
  get(input: Json): Promise<Json>;
}

/** Transactions on a store; the tokens of finished ones are remembered for ten minutes. */
export function createTransactions(store: Store): Transactions {
  const tokens = new Map<string, { fingerprint: string; expiresAtMs: number | undefined }>();

  async function write(input: Json): Promise<Json> {
    const token = input['ClientRequestToken'];
    if (token === undefined || token === null) return writeOnce(store, input);
    if (typeof token !== 'string' || token.length < 1 || token.length > 36)
      throw invalid('ClientRequestToken must be a string of 1 to 36 characters');

    forgetExpired();
    const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('base64');
    const known = tokens.get(token);
    if (known && known.fingerprint !== fingerprint)
      throw new ServiceError(
        'IdempotentParameterMismatchException',
        'The request was retried with the same token but different parameters',
      );
    if (known && known.expiresAtMs === undefined)
      throw new ServiceError(
        'TransactionInProgressException',
        'The transaction with the given request token is already in progress.',
      );
    if (known) return {};

    const entry: { fingerprint: string; expiresAtMs: number | undefined } = {
      fingerprint,
      expiresAtMs: undefined,
    };
    tokens.set(token, entry);
    try {
      const output = await writeOnce(store, input);
      entry.expiresAtMs = Date.now() + tokenLifetimeMs;
      return output;
    } catch (error) {
      tokens.delete(token); // only a success is repeated; a cancelled transaction may be tried anew
      throw error;
    }
  }

  function forgetExpired(): void {
    const now = Date.now();
    for (const [token, { expiresAtMs }] of tokens) {
      if (expiresAtMs === undefined) continue;
      if (expiresAtMs > now) return; // the map is in order of arrival, near enough to that of expiry
      tokens.delete(token);
    }
  }

  return { write, get: (input) => getItems(store, input) };
}

async function writeOnce(store: Store, input: Json): Promise<Json> {
  const operations = transactItems(input).map((entry) => writeOperation(store, entry));
  const outcomes = await writeItems(store, operations, maxBytes);
  if (outcomes.some(({ ok }) => !ok)) throw cancelled(outcomes);
  return consumedCapacity(input, operations, outcomes, 1024);
}

function writeOperation(store: Store, entry: Json): WriteOperation {
  const [[name, input] = ['', undefined], ...others] = Object.entries(entry);
  if (!isWriteKind(name) || !isObject(input) || others.length > 0)
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  const { kind, rules } = writeKinds[name];
  if (name === 'Update' && input['UpdateExpression'] === undefined)
    throw missing('transactItems.member.update.updateExpression');
  if (name === 'ConditionCheck' && input['ConditionExpression'] === undefined)
    throw missing('transactItems.member.conditionCheck.conditionExpression');
  return {
    kind,
    checked: validate(store, rules, input),
    returnExisting: input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD',
  };
}

async function getItems(store: Store, input: Json): Promise<Json> {
  const operations = transactItems(input).map((entry) => {
    const get = entry['Get'];
    if (!isObject(get) || Object.keys(entry).length > 1)
      throw invalid('TransactItems can only contain Get');
    return { kind: 'GetItem', checked: validate(store, 'GetItem', get) } as const;
  });
  const release = await lockItems(await findTargets(store, operations));
  try {
    const outputs = await Promise.all(
      operations.map(({ checked }) => act(store, 'GetItem', checked)),
    );
    return {
      Responses: outputs.map(({ Item }) => (Item === undefined ? {} : { Item })),
    };
  } finally {
    release();
  }
}

function transactItems(input: Json): Json[] {
  const items = input['TransactItems'];
  if (!Array.isArray(items) || !items.every(isObject)) throw missing('transactItems');
  if (items.length < 1 || items.length > maxItems)
    throw invalid(
      `1 validation error detected: Value '[${items.length} items]' at 'transactItems' failed to satisfy constraint: ` +
        (items.length < 1
          ? 'Member must have length greater than or equal to 1'
          : `Member must have length less than or equal to ${maxItems}`),
    );
  return items;
}

function cancelled(outcomes: readonly WriteOutcome[]): ServiceError {
  const reasons = outcomes.map((outcome) => {
    if (outcome.ok) return { Code: 'None' };
    const { error, existing } = outcome;
    if (error.statusCode >= 500) throw error;
    return {
      Code:
        error.type === 'ConditionalCheckFailedException'
          ? 'ConditionalCheckFailed'
          : 'ValidationError',
      Message: error.message,
      ...(existing ? { Item: existing } : {}),
    };
  });
  return transactionCanceled(reasons);
}

/** AWS's answer to a cancelled transaction; the reasons are in the order of its operations. */
export function transactionCanceled(
  reasons: readonly { Code: string; Message?: string; Item?: Item }[],
): ServiceError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new ServiceError('TransactionCanceledException', message, {
    // AWS writes this exception's message with a capital; clients read either.
    details: { Message: message, CancellationReasons: reasons },
  });
}

function consumedCapacity(
  input: Json,
  operations: readonly WriteOperation[],
  outcomes: readonly WriteOutcome[],
  unitBytes: number,
): Json {
  const wanted = input['ReturnConsumedCapacity'];
  if (wanted !== 'TOTAL' && wanted !== 'INDEXES') return {};
  const units = new Map<string, number>();
  for (const [i, { checked }] of operations.entries()) {
    const outcome = outcomes[i];
    const name = checked.TableName;
    const bytes = outcome?.ok ? outcome.bytes : 0;
    // A write in a transaction costs two units for each KiB: one to prepare, one to commit.
    units.set(name, (units.get(name) ?? 0) + 2 * Math.max(1, Math.ceil(bytes / unitBytes)));
  }
  return {
    ConsumedCapacity: [...units].map(([TableName, total]) => ({
      TableName,
      CapacityUnits: total,
      WriteCapacityUnits: total,
    })),
  };
}

function isWriteKind(name: string): name is keyof typeof writeKinds {
  return Object.hasOwn(writeKinds, name);
}

function missing(path: string): ServiceError {
  return invalid(
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
