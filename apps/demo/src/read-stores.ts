import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Big } from 'big.js';
import type { AppliedEvent, QuarantinedRecord } from './ledger.ts';
import { parseObject } from './parse-object.ts';

type Item = Record<string, AttributeValue>;

const text = (item: Item, name: string): string => item[name]?.S ?? '';

/** Every item of the events table. */
export async function readApplied(
  dynamodb: DynamoDBClient,
  tableName: string,
): Promise<AppliedEvent[]> {
  const items = await scan(dynamodb, tableName);
  return items.map(toApplied);
}

function toApplied(item: Item): AppliedEvent {
  const event = parseObject(text(item, 'event'));
  const timestamp = String(event['timestamp']);
  const minute = timestamp.slice(0, 'yyyy-mm-ddThh:mm'.length);
  const subsequence = item['subsequence_number']?.N;
  const applied = {
    userId: text(item, 'user_id'),
    eventId: text(item, 'event_id'),
    timestamp,
    appliedAt: text(item, 'applied_at'),
    position: {
      shardId: text(item, 'shard_id'),
      sequenceNumber: text(item, 'sequence_number'),
      ...(subsequence !== undefined && { subsequenceNumber: Number(subsequence) }),
    },
  };
  switch (event['event_type']) {
    case 'page_view':
      return { ...applied, counter: `page_views|${String(event['url'])}|${minute}` };
    case 'click':
      return { ...applied, counter: `clicks|${String(event['element_id'])}|${minute}` };
    case 'purchase':
      return {
        ...applied,
        revenue: { currency: String(event['currency']), amount: Number(event['amount']) },
      };
    default:
      return applied; // an event that moves no counter that is known here
  }
}

/** Every counter, summed exactly over its slots. */
export async function readCounters(
  dynamodb: DynamoDBClient,
  tableName: string,
): Promise<Map<string, string>> {
  const sums = new Map<string, Big>();
  for (const item of await scan(dynamodb, tableName)) {
    // A name that is too long for a key is cut there and whole in its own attribute.
    const name = text(item, 'name') || text(item, 'counter');
    sums.set(name, (sums.get(name) ?? new Big(0)).plus(item['value']?.N ?? '0'));
  }
  return new Map([...sums].map(([name, sum]) => [name, sum.toFixed()]));
}

async function scan(dynamodb: DynamoDBClient, tableName: string): Promise<Item[]> {
  const items: Item[] = [];
  const input = { TableName: tableName, ConsistentRead: true };
  for await (const page of paginateScan({ client: dynamodb }, input)) {
    items.push(...(page.Items ?? []));
  }
  return items;
}

/** Every object of the quarantine bucket. */
export async function readQuarantine(s3: S3Client, bucket: string): Promise<QuarantinedRecord[]> {
  const records: QuarantinedRecord[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
    for (const { Key } of page.Contents ?? []) {
      const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const body = await object.Body?.transformToString();
      records.push(toQuarantined(parseObject(body ?? '{}')));
    }
  }
  return records;
}

function toQuarantined(document: Record<string, unknown>): QuarantinedRecord {
  const { reason, shardId, sequenceNumber, subsequenceNumber, data } = document;
  const position =
    typeof shardId === 'string' && typeof sequenceNumber === 'string'
      ? {
          shardId,
          sequenceNumber,
          ...(typeof subsequenceNumber === 'number' && { subsequenceNumber }),
        }
      : null;
  return { reason: String(reason), position, payload: typeof data === 'string' ? data : '' };
}

/** Messages of the queue that are waiting or being worked on. */
export async function countMessages(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}
