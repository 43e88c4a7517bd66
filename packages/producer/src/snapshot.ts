import { ProducerError, reasonOf } from './producer-error.ts';

/** Events are a few levels deep; more is a cycle. */
const MAX_DEPTH = 32;

/** A value as it was read, and how much it is. */
export interface Snapshot {
  readonly value: unknown;
  /** UTF-16 units of all strings and field names; two for each item of a list. */
  readonly characters: number;
  /** How many fields there are. */
  readonly values: number;
}

/**
 * Reads a value once, the way `JSON.stringify` would: own enumerable fields, and `toJSON` where
 * there is one. Validation and serialization then see the same plain data, whatever a Proxy, a
 * getter or the caller does afterwards.
 *
 * @param eventType for the messages, which name the field too
 * @param maxBytes gives up as soon as the JSON cannot fit, long before a huge value is validated
 * @throws ProducerError `record_too_large`, or `invalid_event` when the value cannot be read
 */
export function snapshot(eventType: string, value: unknown, maxBytes: number): Snapshot {
  const reading: Reading = { bytesLeft: maxBytes, values: 0, path: [] };
  try {
    const copied = copy(value, reading);
    return { value: copied, characters: maxBytes - reading.bytesLeft, values: reading.values };
  } catch (error) {
    const field = reading.path.length === 0 ? 'the event' : `/${reading.path.join('/')}`;
    if (error === TOO_LARGE) {
      throw new ProducerError(
        'record_too_large',
        `${eventType}: ${field} makes it larger than the ${maxBytes} bytes that maxRecordBytes allows; track less data`,
      );
    }
    throw new ProducerError(
      'invalid_event',
      `${eventType}: ${field} cannot be read: ${reasonOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

interface Reading {
  bytesLeft: number;
  values: number;
  /** Where it is; when something throws, where that happened. */
  readonly path: string[];
}

const TOO_LARGE = new Error('too large');

function spend(reading: Reading, bytes: number): void {
  reading.bytesLeft -= bytes;
  if (reading.bytesLeft < 0) throw TOO_LARGE;
}

function copy(value: unknown, reading: Reading): unknown {
  if (typeof value === 'string') {
    // UTF-8 takes at least one byte for each UTF-16 unit.
    spend(reading, value.length);
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (reading.path.length >= MAX_DEPTH)
    throw new TypeError(`nested deeper than ${MAX_DEPTH} levels (is there a cycle?)`);
  if (hasToJson(value)) return copyField('toJSON()', value.toJSON(), reading);
  return Array.isArray(value) ? copyArray(value, reading) : copyObject(value, reading);
}

function copyField(name: string, value: unknown, reading: Reading): unknown {
  reading.path.push(name);
  const copied = copy(value, reading);
  reading.path.pop();
  return copied;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function copyArray(value: readonly unknown[], reading: Reading): unknown[] {
  const items: unknown[] = [];
  const { length } = value;
  for (let index = 0; index < length; index += 1) {
    spend(reading, 2); // at least one character and a comma
    items.push(copyField(String(index), value[index], reading));
  }
  return items;
}

function copyObject(value: object, reading: Reading): Record<string, unknown> {
  const fields = readFields(value, reading);
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    reading.values += 1;
    spend(reading, name.length);
    if (typeof field === 'string' && field.length <= reading.bytesLeft) {
      reading.bytesLeft -= field.length;
    } else if (typeof field === 'string' || typeof field === 'object') {
      fields[name] = copyField(name, field, reading);
    }
  }
  return fields;
}

/** All at once is fast; one by one tells which getter threw. */
function readFields(value: object, reading: Reading): Record<string, unknown> {
  try {
    return { ...value };
  } catch (error) {
    for (const [name] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      reading.path.push(name);
      Reflect.get(value, name);
      reading.path.pop();
    }
    throw error;
  }
}
