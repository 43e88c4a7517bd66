import { SchemaError } from '../errors.ts';
import type { JsonSchema } from '../json-schema.ts';
import { readSchema } from '../read-schema.ts';
import type { ObjectField, Schema } from '../subset.ts';
import { type ColumnType, columnType } from './column-type.ts';

/** A column of a table, or a field of a struct. */
export interface Column {
  /** In lower case, as the catalog keeps it. */
  readonly name: string;
  readonly type: ColumnType;
  readonly comment: string;
}

/**
 * Athena takes letters, digits and underscores.
 * Source: {@link https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html}.
 */
const COLUMN_NAME = /^\w+$/;
/** Source: {@link https://docs.aws.amazon.com/glue/latest/webapi/API_Column.html}. */
const MAX_NAME_CHARACTERS = 255;

/**
 * The columns of an event: one a field, in alphabetical order, which is the only order that a
 * released snapshot still knows.
 *
 * @param source - names the schema in errors, such as `page_view 1.0.0`.
 * @throws {@link SchemaError} `unsupported_schema` when a field cannot be a column.
 */
export function columnsOf(schema: JsonSchema, source: string): Column[] {
  const root = readSchema(schema, source);
  if (root.kind !== 'object' || root.fields.length === 0) {
    throw new SchemaError('unsupported_schema', `${source}: a table needs an object with fields.`);
  }
  return fieldColumns(root.fields, source, '');
}

/** Fields as columns; recursive by way of {@link columnType}. */
function fieldColumns(fields: readonly ObjectField[], source: string, pointer: string): Column[] {
  const seen = new Set<string>();
  return fields
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((field) => {
      const at = `${pointer}/properties/${field.name}`;
      const name = field.name.toLowerCase();
      if (!COLUMN_NAME.test(name) || name.length > MAX_NAME_CHARACTERS) {
        throw refusal(source, at, 'cannot name a column; use letters, digits and underscores');
      }
      if (seen.has(name)) {
        throw refusal(source, at, 'differs from another field only in case, and columns have none');
      }
      seen.add(name);
      const struct = (inner: readonly ObjectField[], from: string) => {
        if (inner.length === 0)
          throw refusal(source, from, 'has no fields, so it can be no struct');
        return fieldColumns(inner, source, from);
      };
      return {
        name,
        type: columnType(field.schema, at, struct),
        comment: commentOf(field.schema),
      };
    });
}

function commentOf({ description = '', deprecated, 'x-unit': unit }: Schema): string {
  const words = [description];
  if (unit !== undefined) words.push(`Unit: ${unit}.`);
  if (deprecated !== undefined) {
    const { since, use } = deprecated;
    const from = since === undefined ? '' : ` since ${since}`;
    words.unshift(`Deprecated${from}${use === undefined ? '' : `, use ${use}`}.`);
  }
  return words.filter((word) => word !== '').join(' ');
}

function refusal(source: string, pointer: string, why: string): SchemaError {
  return new SchemaError('unsupported_schema', `${source}: ${pointer} ${why}.`);
}
