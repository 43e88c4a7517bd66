import type { NumberSchema, ObjectField, Schema } from '../subset.ts';
import type { Column } from './columns.ts';

/** A type of Hive, whose names Athena uses in DDL. */
export type ColumnType =
  | string
  | { readonly array: ColumnType }
  | { readonly struct: readonly Column[] };

/** Makes the columns of a struct of its fields. */
type StructColumns = (fields: readonly ObjectField[], pointer: string) => readonly Column[];

/**
 * The type of a column that holds every value which a schema accepts.
 *
 * - A time stays a `string`: the one form that {@link timestamp} accepts sorts and compares as text,
 *   no record ever fails to be read because of it, and `from_iso8601_timestamp()` makes it a time.
 * - A number with a bounded number of decimals, such as money, becomes a `decimal`, never a `double`.
 * - Whatever has no bounds that fit an `int` is a `bigint`, or a decimal of the most digits there are.
 *
 * Source: {@link https://docs.aws.amazon.com/athena/latest/ug/data-types.html}.
 */
export function columnType(schema: Schema, pointer: string, columns: StructColumns): ColumnType {
  if (schema.kind === 'object') return { struct: columns(schema.fields, pointer) };
  if (schema.kind === 'array') {
    return { array: columnType(schema.items, `${pointer}/items`, columns) };
  }
  if (schema.kind === 'number') return numberType(schema);
  if (schema.kind === 'integer') return wholeNumber(bounds(schema));
  if (schema.kind === 'const') return typeOfValues([schema.value]);
  if (schema.kind === 'enum') return typeOfValues(schema.values);
  return schema.kind === 'boolean' ? 'boolean' : 'string';
}

/** The type that holds old and new values: structs grow at the end, nothing ever leaves. */
function mergeTypes(old: ColumnType, next: ColumnType): ColumnType {
  if (typeof old === 'string' || typeof next === 'string') return next;
  if ('array' in old && 'array' in next) return { array: mergeTypes(old.array, next.array) };
  if ('struct' in old && 'struct' in next) return { struct: mergeColumns(old.struct, next.struct) };
  return next;
}

/** Old columns stay where they are, new ones come after them. */
export function mergeColumns(old: readonly Column[], next: readonly Column[]): Column[] {
  const byName = new Map(next.map((column) => [column.name, column]));
  const known = new Set(old.map(({ name }) => name));
  return [
    ...old.map((column) => {
      const now = byName.get(column.name);
      return now === undefined ? column : { ...now, type: mergeTypes(column.type, now.type) };
    }),
    ...next.filter(({ name }) => !known.has(name)),
  ];
}

function typeOfValues(values: readonly unknown[]): ColumnType {
  if (values.every((value) => typeof value === 'boolean')) return 'boolean';
  if (!values.every((value) => typeof value === 'number')) return 'string';
  if (!values.every(Number.isInteger)) return 'double';
  return wholeNumber([Math.min(...values), Math.max(...values)]);
}

function numberType(schema: NumberSchema): ColumnType {
  const { multipleOf } = schema;
  if (multipleOf === undefined) return 'double';
  if (multipleOf >= 1) return wholeNumber(bounds(schema));
  const scale = Math.round(-Math.log10(multipleOf));
  const whole = Math.max(...bounds(schema).map(digits));
  return `decimal(${whole + scale},${scale})`;
}

/** The most digits that a decimal may have. */
const MAX_DIGITS = 38;

function wholeNumber([least, most]: readonly [number, number]): ColumnType {
  if (least >= -(2 ** 31) && most < 2 ** 31) return 'int';
  if (least === -Infinity || most === Infinity) return 'bigint';
  if (least >= -(2 ** 63) && most < 2 ** 63) return 'bigint';
  return `decimal(${MAX_DIGITS},0)`;
}

function bounds(schema: NumberSchema): readonly [number, number] {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  const { exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema;
  return [Math.max(minimum, exclusiveMinimum), Math.min(maximum, exclusiveMaximum)];
}

/** Digits before the point. */
function digits(bound: number): number {
  return BigInt(Math.trunc(Math.abs(bound))).toString().length;
}
