import { ProducerError, reasonOf } from './producer-error.ts';

/** Events are a few levels deep; more is a cycle. */
const MAX_DEPTH = 32;

/** A value as it was read, and how much it is. */
export interface Snapshot {
  readonly value: unknown;
  /** UTF-16 units of all strings and field names, and two for each item of a list. */
  readonly characters: number;
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
  const reading = { value: undefined as unknown, characters: 0, maxBytes };
  try {
    reading.value = copy(value, reading, 0);
    return reading;
  } catch (thrown) {
    const { field, error } = Misread.at(thrown);
    if (error === TOO_LARGE) {
      throw new ProducerError(
        'record_too_large',
        `${eventType}: ${field} makes it larger than the ${maxBytes} bytes that maxRecordBytes allows; track less data`,
      );
    }
    throw new ProducerError(
      'invalid_event',
      `${eventType}: ${field} cannot be read: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}

interface Reading {
  characters: number;
  readonly maxBytes: number;
}

const TOO_LARGE = new Error('too large');

/** Something was thrown, perhaps by a field's own code; and the way to that field. */
class Misread extends Error {
  readonly #path: string[] = [];
  readonly error: unknown;

  private constructor(error: unknown) {
    super('misread');
    this.error = error;
  }

  get field(): string {
    return this.#path.length === 0 ? 'the event' : `/${this.#path.join('/')}`;
  }

  /** @param field where it was thrown, within what the path so far begins at */
  static at(thrown: unknown, field?: string): Misread {
    // What was thrown may be a Proxy, whose traps throw too: `instanceof` would call them.
    const isKnown = typeof thrown === 'object' && thrown !== null && #path in thrown;
    const misread = isKnown ? thrown : new Misread(thrown);
    if (field !== undefined) misread.#path.unshift(field);
    return misread;
  }
}

/** UTF-8 takes at least one byte for each UTF-16 unit. */
function count(reading: Reading, characters: number): void {
  reading.characters += characters;
  if (reading.characters > reading.maxBytes) throw TOO_LARGE;
}

function copy(value: unknown, reading: Reading, depth: number): unknown {
  if (typeof value === 'string') {
    count(reading, value.length);
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH)
    throw new TypeError(`nested deeper than ${MAX_DEPTH} levels (is there a cycle?)`);
  if (hasToJson(value)) return copyField('toJSON()', value.toJSON(), reading, depth);
  return Array.isArray(value)
    ? copyArray(value, reading, depth)
    : copyObject(value, reading, depth);
}

function copyField(name: string, value: unknown, reading: Reading, depth: number): unknown {
  try {
    return copy(value, reading, depth + 1);
  } catch (error) {
    throw Misread.at(error, name);
  }
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function copyArray(value: readonly unknown[], reading: Reading, depth: number): unknown[] {
  const items: unknown[] = [];
  const { length } = value;
  for (let index = 0; index < length; index += 1) {
    count(reading, 2); // at least one character and a comma
    items.push(copyField(String(index), value[index], reading, depth));
  }
  return items;
}

function copyObject(value: object, reading: Reading, depth: number): Record<string, unknown> {
  const fields = readFields(value);
  for (const name in fields) {
    const field = fields[name];
    count(reading, name.length);
    if (typeof field === 'string' && field.length <= reading.maxBytes - reading.characters) {
      reading.characters += field.length;
    } else if (typeof field === 'string' || typeof field === 'object') {
      fields[name] = copyField(name, field, reading, depth);
    }
  }
  return fields;
}

/** All at once is fast; one by one tells which getter threw. */
function readFields(value: object): Record<string, unknown> {
  try {
    return { ...value };
  } catch (error) {
    for (const name of Object.keys(Object.getOwnPropertyDescriptors(value))) {
      try {
        Reflect.get(value, name);
      } catch (thrown) {
        throw Misread.at(thrown, name);
      }
    }
    throw error;
  }
}
