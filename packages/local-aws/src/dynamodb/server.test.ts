import { Agent, request as httpRequest } from 'node:http';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  IdempotentParameterMismatchException,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDynamoDbServer, type DynamoDbFault, type DynamoDbServer } from './server.ts';

const TableName = 'items';
let server: DynamoDbServer;
let client: DynamoDBClient;
let fault: DynamoDbFault | undefined;
let timesAsked = 0;
let keys = 0;

beforeAll(async () => {
  server = await createDynamoDbServer({
    faults: () => {
      timesAsked += 1;
      return fault;
    },
  });
  client = new DynamoDBClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'kind', AttributeType: 'S' },
      ],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-kind',
          KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
});

afterAll(async () => {
  client.destroy();
  await server.close();
});

async function cancellation(action: Promise<unknown>): Promise<TransactionCanceledException> {
  const error = await failure(action);
  if (error instanceof TransactionCanceledException) return error;
  throw error;
}

async function query(kind: string) {
  const { Items } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'by-kind',
      KeyConditionExpression: 'kind = :k',
      ExpressionAttributeValues: { ':k': { S: kind } },
    }),
  );
  return Items?.map(({ v }) => v?.N);
}

const newKey = () => `key-${++keys}`;
const put = (id: string, value: string, kind = 'none') => ({
  Put: { TableName, Item: { id: { S: id }, v: { N: value }, kind: { S: kind } } },
});
const putNew = (id: string, value: string) => ({
  Put: {
    ...put(id, value).Put,
    ConditionExpression: 'attribute_not_exists(id)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  },
});
const add = (id: string, value: string) => ({
  Update: {
    TableName,
    Key: { id: { S: id } },
    UpdateExpression: 'ADD v :n',
    ExpressionAttributeValues: { ':n': { N: value } },
  },
});
const write = (
  input: Omit<TransactWriteItemsCommandInput, 'TransactItems'> & {
    TransactItems: TransactWriteItemsCommandInput['TransactItems'];
  },
) => client.send(new TransactWriteItemsCommand(input));
const value = async (id: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))).Item?.['v']?.N;
async function failure(action: Promise<unknown>): Promise<Error> {
  try {
    await action;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}

test('puts, updates, deletes and checks of one transaction are done together', async () => {
  const [a, b, c, d] = [newKey(), newKey(), newKey(), newKey()];
  await write({ TransactItems: [put(b, '1'), put(c, '5'), put(d, '7')] });
  await write({
    TransactItems: [
      putNew(a, '1.5'),
      add(b, '0.1'),
      { Delete: { TableName, Key: { id: { S: c } } } },
      {
        ConditionCheck: {
          TableName,
          Key: { id: { S: d } },
          ConditionExpression: 'v = :v',
          ExpressionAttributeValues: { ':v': { N: '7' } },
        },
      },
    ],
  });
  expect(await Promise.all([a, b, c, d].map(value))).toEqual(['1.5', '1.1', undefined, '7']);
});

test('one failed condition cancels all, with a reason for each in order and the old item', async () => {
  const [a, b] = [newKey(), newKey()];
  await write({ TransactItems: [put(b, '2')] });
  const error = await cancellation(
    write({ TransactItems: [put(a, '1'), putNew(b, '3'), add(b + 'x', '1')] }),
  );
  expect(error.name).toBe('TransactionCanceledException');
  expect(error.message).toBe(
    'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, None]',
  );
  expect(error.CancellationReasons).toEqual([
    { Code: 'None' },
    {
      Code: 'ConditionalCheckFailed',
      Message: 'The conditional request failed',
      Item: { id: { S: b }, v: { N: '2' }, kind: { S: 'none' } },
    },
    { Code: 'None' },
  ]);
  expect(await Promise.all([a, b, b + 'x'].map(value))).toEqual([undefined, '2', undefined]);
});

test('an update of the wrong type is a reason of its own, also beside a good put', async () => {
  const [a, b] = [newKey(), newKey()];
  await client.send(new PutItemCommand({ TableName, Item: { id: { S: b }, v: { S: 'text' } } }));
  const error = await cancellation(write({ TransactItems: [put(a, '1'), add(b, '1')] }));
  expect(error.CancellationReasons?.map(({ Code }) => Code)).toEqual(['None', 'ValidationError']);
  expect(await value(a)).toBeUndefined();
});

test('the indexes follow a transaction', async () => {
  const a = newKey();
  await write({ TransactItems: [put(a, '1', 'shoe')] });
  await write({ TransactItems: [put(a, '2', 'hat')] });
  expect(await query('hat')).toEqual(['2']);
  expect(await query('shoe')).toEqual([]);
});

test('what AWS refuses before it looks at items is refused', async () => {
  const a = newKey();
  const refused = async (TransactItems: TransactWriteItemsCommandInput['TransactItems']) => {
    const error = await failure(write({ TransactItems }));
    expect(error.name).toBe('ValidationException');
    return error.message;
  };
  expect(await refused([put(a, '1'), add(a, '1')])).toBe(
    'Transaction request cannot include multiple operations on one item',
  );
  expect(await refused([])).toContain('greater than or equal to 1');
  expect(await refused(Array.from({ length: 101 }, () => put(newKey(), '1')))).toContain(
    'less than or equal to 100',
  );
  expect(await refused([{ ...put(a, '1'), ...add(newKey(), '1') }])).toContain('only contain one');
  const text = 'x'.repeat(390_000);
  expect(
    await refused(
      Array.from({ length: 11 }, () => ({
        Put: { TableName, Item: { id: { S: newKey() }, text: { S: text } } },
      })),
    ),
  ).toContain('limit');
  expect(
    (await failure(write({ TransactItems: [{ Put: { ...put(a, '1').Put, TableName: 'none' } }] })))
      .name,
  ).toBe('ResourceNotFoundException');
  await write({ TransactItems: Array.from({ length: 100 }, () => put(newKey(), '1')) });
});

test('keys and items are measured in bytes, not in characters', async () => {
  const long = 'é'.repeat(1025);
  expect(
    (await failure(client.send(new PutItemCommand({ TableName, Item: { id: { S: long } } }))))
      .message,
  ).toContain('Size of hashkey');
  const text = { S: 'é'.repeat(210_000) };
  const Item = { id: { S: newKey() }, text };
  expect((await failure(client.send(new PutItemCommand({ TableName, Item })))).name).toBe(
    'ValidationException',
  );
});

test('a token makes a transaction happen once; other parameters with it are refused', async () => {
  const a = newKey();
  const request = { ClientRequestToken: `token-${a}`, TransactItems: [add(a, '1')] };
  await write(request);
  await write(request);
  expect(await value(a)).toBe('1');
  expect(await failure(write({ ...request, TransactItems: [add(a, '2')] }))).toBeInstanceOf(
    IdempotentParameterMismatchException,
  );
  await write({ TransactItems: [add(a, '1')] });
  expect(await value(a)).toBe('2');
});

test('a cancelled transaction may be tried again with its token', async () => {
  const a = newKey();
  await write({ TransactItems: [put(a, '1')] });
  const request = { ClientRequestToken: `token-${a}`, TransactItems: [putNew(a, '9')] };
  expect((await failure(write(request))).name).toBe('TransactionCanceledException');
  expect((await failure(write(request))).name).toBe('TransactionCanceledException');
});

test('concurrent additions, in transactions and alone, are all counted, exactly', async () => {
  const [a, b] = [newKey(), newKey()];
  await Promise.all(
    Array.from({ length: 60 }, (_, i) => {
      const [first, second] = i % 2 ? [a, b] : [b, a];
      if (i % 3 === 0) return client.send(new UpdateItemCommand(add(a, '0.1').Update));
      return write({ TransactItems: [add(first, '0.1'), add(second, '0.1')] });
    }),
  );
  expect(await value(a)).toBe('6');
  expect(await value(b)).toBe('4');
});

test('additions keep 38 digits', async () => {
  const a = newKey();
  await write({ TransactItems: [add(a, '1234567890123456789012345678901234.5678')] });
  await write({ TransactItems: [add(a, '0.0001')] });
  expect(await value(a)).toBe('1234567890123456789012345678901234.5679');
});

test('TransactGetItems answers in order, with nothing for a missing item', async () => {
  const [a, b, c] = [newKey(), newKey(), newKey()];
  await write({ TransactItems: [put(a, '1'), put(c, '3')] });
  const { Responses } = await client.send(
    new TransactGetItemsCommand({
      TransactItems: [a, b, c].map((id) => ({
        Get: { TableName, Key: { id: { S: id } }, ProjectionExpression: 'v' },
      })),
    }),
  );
  expect(Responses).toEqual([{ Item: { v: { N: '1' } } }, {}, { Item: { v: { N: '3' } } }]);
});

test('a failed plain put reports the old item when asked', async () => {
  const a = newKey();
  await write({ TransactItems: [put(a, '1')] });
  const error = await failure(client.send(new PutItemCommand(putNew(a, '2').Put)));
  expect(error).toMatchObject({
    name: 'ConditionalCheckFailedException',
    Item: { id: { S: a }, v: { N: '1' } },
  });
});

test('consumed capacity: two units for each KiB begun', async () => {
  const { ConsumedCapacity } = await write({
    ReturnConsumedCapacity: 'TOTAL',
    TransactItems: [
      put(newKey(), '1'),
      { Put: { TableName, Item: { id: { S: newKey() }, text: { S: 'x'.repeat(1500) } } } },
    ],
  });
  expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 6, WriteCapacityUnits: 6 }]);
});

test('a fault is answered in place of the request', async () => {
  const a = newKey();
  fault = { type: 'TransactionConflict' };
  const conflict = await failure(write({ TransactItems: [put(a, '1')] }));
  fault = { type: 'ThrottlingException' };
  const throttle = await failure(write({ TransactItems: [put(a, '1')] }));
  fault = undefined;
  expect(conflict).toMatchObject({ CancellationReasons: [{ Code: 'TransactionConflict' }] });
  expect(throttle.name).toBe('ThrottlingException');
  expect(await value(a)).toBeUndefined();
});

test('a connection that is reset leaves the write undone, or done', async () => {
  const [undone, done] = [newKey(), newKey()];
  fault = { type: 'reset' };
  await failure(write({ TransactItems: [put(undone, '1')] }));
  fault = { type: 'commit_then_reset' };
  await failure(write({ TransactItems: [put(done, '1')] }));
  fault = undefined;
  expect([await value(undone), await value(done)]).toEqual([undefined, '1']);
});

test('a write that is carried out twice, late, or without an answer is there once', async () => {
  for (const type of ['twice', 'delay', 'commit_then_hang', 'hang']) {
    const key = newKey();
    fault = { type, ...(type === 'delay' && { delayMs: 20 }) };
    const asked = timesAsked;
    const written = write({ TransactItems: [put(key, '1')] });
    // Of what hangs, only the effect can be waited for.
    if (type.endsWith('hang')) written.catch(() => undefined);
    else await written;
    await expect.poll(() => timesAsked).toBe(asked + 1);
    fault = undefined;
    await expect.poll(() => value(key)).toBe(type === 'hang' ? undefined : '1');
  }
});

test('a client that goes away in the middle of a request does no harm', async () => {
  await new Promise<void>((resolve) => {
    const half = httpRequest(server.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem', 'content-length': 1000 },
    });
    half.on('error', () => undefined);
    half.on('close', () => resolve());
    half.write('{"TableName":', () => half.destroy());
  });
  const a = newKey();
  await write({ TransactItems: [put(a, '1')] });
  expect(await value(a)).toBe('1');
});

test('large answers over one connection reach a client that asks again at once', async () => {
  const id = newKey();
  const text = { S: 'x'.repeat(390_000) };
  await client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, text } }));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = JSON.stringify({ TableName, Key: { id: { S: id } } });
  const headers = { 'x-amz-target': 'DynamoDB_20120810.GetItem' };
  for (let i = 0; i < 50; i++) {
    const bytes = await new Promise<number>((resolve, reject) => {
      const options = { method: 'POST', agent, headers };
      const outgoing = httpRequest(server.endpoint, options, (incoming) => {
        let length = 0;
        incoming.on('data', (chunk: Buffer) => {
          length += chunk.length;
        });
        incoming.on('end', () => resolve(length));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
    expect(bytes).toBeGreaterThan(390_000);
  }
  agent.destroy();
});

test('a taken port is a clear error', async () => {
  const port = Number(new URL(server.endpoint).port);
  await expect(createDynamoDbServer({ port })).rejects.toMatchObject({
    code: 'port_in_use',
  });
});
