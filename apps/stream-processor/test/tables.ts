import {
  type AttributeValue,
  CreateTableCommand,
  DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { createDynamoDbServer, type DynamoDbFault } from '@clickstream/local-aws';
import { type Decimal, parseDecimal } from '../src/decimal.ts';

/** A local DynamoDB with the two tables of the stack. */
export interface Tables {
  readonly endpoint: string;
  readonly eventsTable: string;
  readonly countersTable: string;
  /** How many transactions were asked for. */
  readonly transactions: () => number;
  /** Decides for each transaction whether it fails, and how. */
  failWhen(fault: (() => DynamoDbFault | undefined) | undefined): void;
  /** A client that asks once, unless told otherwise. */
  connect(maxAttempts?: number): DynamoDBClient;
  /** New, empty tables, with names of their own. */
  renew(): Promise<Tables>;
  events(): Promise<Record<string, AttributeValue>[]>;
  /** The counters, each summed over its slots. */
  counters(): Promise<Map<string, Decimal>>;
  counterItems(): Promise<Record<string, AttributeValue>[]>;
  close(): Promise<void>;
}

export async function startTables(): Promise<Tables> {
  let transactions = 0;
  let fault: (() => DynamoDbFault | undefined) | undefined;
  let generation = 0;
  const server = await createDynamoDbServer({
    faults: (operation) => {
      if (operation !== 'TransactWriteItems') return undefined;
      transactions += 1;
      return fault?.();
    },
  });
  const clients: DynamoDBClient[] = [];
  const connect = (maxAttempts = 1): DynamoDBClient => {
    const client = new DynamoDBClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts,
    });
    clients.push(client);
    return client;
  };
  const admin = connect(3);

  const scan = async (table: string): Promise<Record<string, AttributeValue>[]> => {
    const items: Record<string, AttributeValue>[] = [];
    const input = { TableName: table, ConsistentRead: true };
    for await (const page of paginateScan({ client: admin }, input))
      items.push(...(page.Items ?? []));
    return items;
  };

  const open = async (): Promise<Tables> => {
    generation += 1;
    const eventsTable = `events-${generation}`;
    const countersTable = `counters-${generation}`;
    await createTable(admin, eventsTable, ['user_id', 'S'], ['event_id', 'S']);
    await createTable(admin, countersTable, ['counter', 'S'], ['slot', 'N']);
    return {
      endpoint: server.endpoint,
      eventsTable,
      countersTable,
      transactions: () => transactions,
      failWhen: (next) => {
        fault = next;
      },
      connect,
      renew: open,
      events: () => scan(eventsTable),
      counterItems: () => scan(countersTable),
      async counters() {
        const sums = new Map<string, Decimal>();
        for (const { counter, name, value } of await scan(countersTable)) {
          const key = name?.S ?? counter?.S ?? '';
          sums.set(key, (sums.get(key) ?? 0n) + exact(value?.N ?? ''));
        }
        return sums;
      },
      async close() {
        for (const client of clients) client.destroy();
        await server.close();
      },
    };
  };
  return open();
}

/** A sum may have more digits than a `number`, so whole and fraction are read apart. */
function exact(text: string): Decimal {
  const [whole = '', fraction = ''] = text.split('.');
  const rest = parseDecimal(Number(`0.${fraction || '0'}`));
  if (rest === undefined) throw new Error(`More than four decimals: ${text}`);
  return BigInt(whole) * 10_000n + rest;
}

type Key = readonly [name: string, type: 'S' | 'N'];

async function createTable(
  client: DynamoDBClient,
  name: string,
  partitionKey: Key,
  sortKey: Key,
): Promise<void> {
  const keys = [partitionKey, sortKey];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keys.map(([AttributeName], at) => ({
        AttributeName,
        KeyType: at === 0 ? 'HASH' : 'RANGE',
      })),
      AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
    }),
  );
}
