import {
  CreateTableCommand,
  DynamoDBClient,
  ScanCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDynamoDbServer, type DynamoDbServer } from './server.ts';

// Transactions at random against the plainest model there is: a map of exact integers, which stand
// for ten-thousandths. Conditions fail often, so most rollbacks come after other items' successes.

let server: DynamoDbServer;
let client: DynamoDBClient;
let tables = 0;

beforeAll(async () => {
  server = await createDynamoDbServer();
  client = new DynamoDBClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});

afterAll(async () => {
  client.destroy();
  await server.close();
});

type Model = Map<number, bigint>;
interface Step {
  readonly id: number;
  readonly kind: 'put' | 'putNew' | 'add' | 'addIfExists' | 'delete' | 'check';
  readonly amount: bigint;
}

const step = fc.record({
  id: fc.nat({ max: 7 }),
  kind: fc.constantFrom<Step['kind']>('put', 'putNew', 'add', 'addIfExists', 'delete', 'check'),
  amount: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
});
const transaction = fc.uniqueArray(step, { minLength: 1, maxLength: 6, selector: ({ id }) => id });

test('random transactions: all or nothing, each reason in its place, sums exact', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(transaction, { minLength: 1, maxLength: 12 }),
      async (transactions) => {
        const TableName = `table-${++tables}`;
        await createTable(TableName);
        let model: Model = new Map();
        for (const steps of transactions) {
          const expected = steps.map((one) =>
            allowed(model, one) ? 'None' : 'ConditionalCheckFailed',
          );
          const commits = expected.every((code) => code === 'None');
          if (commits) model = steps.reduce(apply, new Map(model));
          expect(await run(TableName, steps)).toEqual(commits ? 'committed' : expected);
        }
        expect(await contents(TableName)).toEqual(
          new Map([...model].toSorted(([a], [b]) => a - b)),
        );
      },
    ),
    { numRuns: 60 },
  );
});

function allowed(model: Model, { id, kind }: Step): boolean {
  if (kind === 'putNew') return !model.has(id);
  if (kind === 'addIfExists' || kind === 'check') return model.has(id);
  return true;
}

function apply(model: Model, { id, kind, amount }: Step): Model {
  if (kind === 'put' || kind === 'putNew') model.set(id, amount);
  if (kind === 'add' || kind === 'addIfExists') model.set(id, (model.get(id) ?? 0n) + amount);
  if (kind === 'delete') model.delete(id);
  return model;
}

async function run(TableName: string, steps: readonly Step[]): Promise<unknown> {
  try {
    const TransactItems = steps.map((one) => item(TableName, one));
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
    return 'committed';
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    return error.CancellationReasons?.map(({ Code }) => Code);
  }
}

function item(TableName: string, { id, kind, amount }: Step): TransactWriteItem {
  const Key = { id: { N: String(id) } };
  const v = { N: decimal(amount) };
  const exists = { ConditionExpression: 'attribute_exists(id)' };
  switch (kind) {
    case 'put':
      return { Put: { TableName, Item: { ...Key, v } } };
    case 'putNew':
      return {
        Put: { TableName, Item: { ...Key, v }, ConditionExpression: 'attribute_not_exists(id)' },
      };
    case 'add':
    case 'addIfExists': {
      const UpdateExpression = 'ADD v :n';
      const ExpressionAttributeValues = { ':n': v };
      const condition = kind === 'add' ? {} : exists;
      return {
        Update: { TableName, Key, UpdateExpression, ExpressionAttributeValues, ...condition },
      };
    }
    case 'delete':
      return { Delete: { TableName, Key } };
    case 'check':
      return { ConditionCheck: { TableName, Key, ...exists } };
    default:
      return kind satisfies never;
  }
}

async function contents(TableName: string): Promise<Model> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName }));
  const entries = Items.map(({ id, v }) => [Number(id?.N), tenThousandths(v?.N ?? '')] as const);
  return new Map(entries.toSorted(([a], [b]) => a - b));
}

function decimal(amount: bigint): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(5, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function tenThousandths(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return (
    BigInt(whole.replace('-', '') + fraction.padEnd(4, '0')) * (text.startsWith('-') ? -1n : 1n)
  );
}

async function createTable(TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
}
