import type { AttributeValue, Item, Table } from './dynalite.ts';
import { ServiceError } from './service-error.ts';

// dynalite counts UTF-16 units; DynamoDB counts UTF-8 bytes, so text that is not ASCII would pass
// here and fail on AWS.

const maxItemBytes = 400 * 1024;
const maxPartitionKeyBytes = 2048;
const maxSortKeyBytes = 1024;

/**
 * An item's size as DynamoDB counts it; numbers are an approximation, as AWS's own rule is.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item))
    bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/[^0-9]/g, '').length / 2) + 1;
  if (value.B !== undefined) return Buffer.byteLength(value.B, 'base64');
  if (value.M) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  if (value.L) return 3 + value.L.length + sum(value.L);
  if (value.SS) return sum(value.SS.map((S) => ({ S })));
  if (value.NS) return sum(value.NS.map((N) => ({ N })));
  if (value.BS) return sum(value.BS.map((B) => ({ B })));
  return 1;
}

function sum(values: readonly AttributeValue[]): number {
  return values.reduce((bytes, value) => bytes + valueBytes(value), 0);
}

/** The error that DynamoDB answers when a key of the item is too long, else undefined. */
export function keySizeError(key: Item, table: Table): ServiceError | undefined {
  for (const [position, { AttributeName: name }] of table.KeySchema.entries()) {
    const bytes = key[name] === undefined ? 0 : valueBytes(key[name]);
    if (position === 0 && bytes > maxPartitionKeyBytes)
      return invalid('Size of hashkey has exceeded the maximum size limit of2048 bytes');
    if (position === 1 && bytes > maxSortKeyBytes)
      return invalid('Aggregated size of all range keys has exceeded the size limit of 1024 bytes');
  }
  return undefined;
}

/** The error that DynamoDB answers when an item is over 400 KiB, else undefined. */
export function itemSizeError(item: Item | undefined): ServiceError | undefined {
  if (item === undefined || itemBytes(item) <= maxItemBytes) return undefined;
  return new ServiceError('ValidationException', 'Item size has exceeded the maximum allowed size');
}

function invalid(message: string): ServiceError {
  return new ServiceError(
    'ValidationException',
    `One or more parameter values were invalid: ${message}`,
  );
}
