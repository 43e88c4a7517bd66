import { LocalAwsError } from '../local-aws-error.ts';
import { isRecord, type JsonRecord } from './json.ts';

/** Reads the resolved properties of a resource; a wrong one is an error that names it. */
export interface Properties {
  readonly values: JsonRecord;
  readonly string: (name: string) => string;
  readonly optionalString: (name: string) => string | undefined;
  readonly optionalNumber: (name: string) => number | undefined;
  readonly oneOf: <const T extends string>(name: string, allowed: readonly T[]) => T;
  readonly optionalOneOf: <const T extends string>(
    name: string,
    allowed: readonly T[],
  ) => T | undefined;
  /** A member that is an object; undefined when it is absent. */
  readonly optionalObject: (name: string) => Properties | undefined;
  /** A member that is a list of objects; empty when it is absent. */
  readonly objects: (name: string) => readonly Properties[];
  readonly fail: (name: string, reason: string) => never;
}

/**
 * @param where what the properties belong to, such as `Resources.Queue`, for errors
 */
export function readProperties(values: JsonRecord, where: string): Properties {
  function fail(name: string, reason: string): never {
    throw new LocalAwsError('invalid_template', `${where}.${name}: ${reason}.`);
  }

  function optionalString(name: string): string | undefined {
    const value = values[name];
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return fail(name, 'a string was expected');
  }

  function optionalOneOf<const T extends string>(
    name: string,
    allowed: readonly T[],
  ): T | undefined {
    const value = optionalString(name);
    if (value === undefined) return undefined;
    const found = allowed.find((one) => one === value);
    return found ?? fail(name, `${value} is not one of ${allowed.join(', ')}`);
  }

  function object(value: unknown, name: string): Properties {
    if (!isRecord(value)) return fail(name, 'an object was expected');
    return readProperties(value, `${where}.${name}`);
  }

  return {
    values,
    fail,
    optionalString,
    optionalOneOf,
    string: (name) => optionalString(name) ?? fail(name, 'it is required'),
    oneOf: (name, allowed) => optionalOneOf(name, allowed) ?? fail(name, 'it is required'),
    optionalNumber(name) {
      const value = optionalString(name); // templates may write numbers as strings
      if (value === undefined) return undefined;
      const number = Number(value);
      return value.trim() === '' || Number.isNaN(number)
        ? fail(name, 'a number was expected')
        : number;
    },
    optionalObject(name) {
      const value = values[name];
      return value === undefined ? undefined : object(value, name);
    },
    objects(name) {
      const value = values[name] ?? [];
      if (!Array.isArray(value)) return fail(name, 'a list was expected');
      return value.map((one, i) => object(one, `${name}[${i}]`));
    },
  };
}
