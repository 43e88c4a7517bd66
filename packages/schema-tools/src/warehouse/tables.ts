import { SchemaError } from '../errors.ts';
import type { EventMajor, EventVersion } from '../versions.ts';
import { mergeColumns } from './column-type.ts';
import { type Column, columnsOf } from './columns.ts';
import { columnText, commentedColumnText, commentText, quoted, typeText } from './ddl.ts';

/** Where generated DDL lies, relative to the root of the repository. */
export const WAREHOUSE_FOLDER = 'schemas/warehouse';

const PARTITION = 'archive_day';
/** Upper case: no bucket may be called so, and a forgotten placeholder fails instead of reading. */
const BUCKET = 'ARCHIVE_BUCKET';

/**
 * AWS advises the Hive SerDe over the one of OpenX, with which results "can be non-deterministic".
 * Source: {@link https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html}.
 */
const SERDE = 'org.apache.hive.hcatalog.data.JsonSerDe';

/** A file by its name in the folder of the event, without header. One statement each: Athena runs one a query. */
export type Statements = ReadonlyMap<string, string>;

/**
 * One table for each major of an event, since two majors may call different things by one name.
 *
 * @throws {@link SchemaError} `unsupported_schema` when a field cannot be a column.
 */
export function tableStatements(event: EventMajor): Statements {
  const table = `${event.type}_v${event.major}`;
  const files = new Map<string, string>();
  let columns: readonly Column[] = [];
  let previous: EventVersion | undefined;
  for (const version of event.versions) {
    const next = mergeColumns(columns, columnsOf(version.schema, label(version)));
    if (next.some(({ name }) => name === PARTITION)) {
      throw new SchemaError(
        'unsupported_schema',
        `${label(version)}: the partition of the table is called ${PARTITION}; rename that field.`,
      );
    }
    if (previous !== undefined) {
      const step = `alter-${previous.version}-${version.version}`;
      for (const [name, sql] of alterations(table, columns, next)) files.set(step + name, sql);
    }
    columns = next;
    previous = version;
  }
  files.set(`v${event.major}.sql`, createTable(event, table, columns));
  return files;
}

function createTable(event: EventMajor, table: string, columns: readonly Column[]): string {
  const { description } = event.newest.schema;
  const properties = {
    classification: 'json',
    'projection.enabled': 'true',
    [`projection.${PARTITION}.type`]: 'date',
    [`projection.${PARTITION}.format`]: 'yyyy-MM-dd',
    [`projection.${PARTITION}.range`]: '2026-01-01,NOW',
    [`projection.${PARTITION}.interval`]: '1',
    [`projection.${PARTITION}.interval.unit`]: 'DAYS',
  };
  return [
    `CREATE EXTERNAL TABLE IF NOT EXISTS ${quoted(table)} (`,
    columns.map((column) => `  ${commentedColumnText(column)}`).join(',\n'),
    ')',
    ...(typeof description === 'string' ? [`COMMENT ${commentText(description)}`] : []),
    `PARTITIONED BY (${quoted(PARTITION)} string COMMENT 'The day on which the archive received it, in UTC.')`,
    `ROW FORMAT SERDE '${SERDE}'`,
    `LOCATION 's3://${BUCKET}/${event.type}/v${event.major}/'`,
    'TBLPROPERTIES (',
    Object.entries(properties)
      .map(([key, value]) => `  '${key}' = '${value}'`)
      .join(',\n'),
    ');\n',
  ].join('\n');
}

/**
 * What makes the old table the new one: new columns at the end, and a column whose struct has grown
 * gets its new type. JSON is read by name, and projected partitions have no types of their own that
 * could disagree, so old records show NULL for what they do not have.
 * Source: {@link https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html}.
 */
function* alterations(
  table: string,
  old: readonly Column[],
  next: readonly Column[],
): Generator<readonly [string, string]> {
  const types = new Map(old.map(({ name, type }) => [name, typeText(type)]));
  const added = next.filter(({ name }) => !types.has(name));
  if (added.length > 0) {
    const list = added.map((column) => `  ${columnText(column)}`).join(',\n');
    yield ['.sql', `ALTER TABLE ${quoted(table)} ADD COLUMNS (\n${list}\n);\n`];
  }
  for (const column of next) {
    const type = types.get(column.name);
    if (type === undefined || type === typeText(column.type)) continue;
    const change = `CHANGE COLUMN ${quoted(column.name)} ${columnText(column)}`;
    yield [`-${column.name}.sql`, `ALTER TABLE ${quoted(table)} ${change};\n`];
  }
}

function label({ type, version }: EventVersion): string {
  return `${type} ${version}`;
}
