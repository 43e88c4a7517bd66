import { ProducerError, reasonOf } from './producer-error.ts';

/** Events are a few levels deep; more is a cycle. */
const MAX_DEPTH = 32;

/**
 * Reads a value once, the way `JSON.stringify` would: own enumerable fields, and `toJSON` where
 * there is one. Validation and serialization then see the same plain data, whatever a Proxy, a
 * getter or the caller does afterwards.
 *
 * @param maxBytes gives up as soon as the JSON cannot fit, long before a huge value is validated
 * @throws ProducerError `record_too_large`, or `invalid_event` when the value cannot be read
 */
export function snapshot(value: unknown, maxBytes: number): unknown {
  const budget: Budget = { left: maxBytes };
  try {
    return copy(value, budget, 0);
  } catch (error) {
    if (error === TOO_LARGE) {
      throw new ProducerError(
        'record_too_large',
        `the event takes more than the ${maxBytes} bytes that maxRecordBytes allows; track less data`,
      );
    }
    throw new ProducerError('invalid_event', `the event cannot be read: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

interface Budget {
  left: number;
}

const TOO_LARGE = new Error('too large');

function spend(budget: Budget, bytes: number): void {
  budget.left -= bytes;
  if (budget.left < 0) throw TOO_LARGE;
}

function copy(value: unknown, budget: Budget, depth: number): unknown {
  if (typeof value === 'string') {
    // UTF-8 takes at least one byte for each UTF-16 unit.
    spend(budget, value.length);
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH)
    throw new TypeError(`nested deeper than ${MAX_DEPTH} levels (is there a cycle?)`);
  if (hasToJson(value)) return copy(value.toJSON(), budget, depth + 1);
  return Array.isArray(value) ? copyArray(value, budget, depth) : copyObject(value, budget, depth);
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function copyArray(value: readonly unknown[], budget: Budget, depth: number): unknown[] {
  const items: unknown[] = [];
  const { length } = value;
  for (let index = 0; index < length; index += 1) {
    spend(budget, 2); // at least one character and a comma
    items.push(copy(value[index], budget, depth + 1));
  }
  return items;
}

function copyObject(value: object, budget: Budget, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...value };
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    spend(budget, name.length);
    if (typeof field === 'string') spend(budget, field.length);
    else if (typeof field === 'object') fields[name] = copy(field, budget, depth + 1);
  }
  return fields;
}
