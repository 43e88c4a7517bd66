import type { EventMajor } from '../versions.ts';
import { tableStatements, WAREHOUSE_FOLDER } from './tables.ts';

/**
 * What the table expects. The prefix is that of a delivery stream of Amazon Data Firehose.
 * Source: {@link https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html}.
 */
const CREATE_NOTES = [
  'Run it in Athena once, with the name of your bucket for ARCHIVE_BUCKET, and the first day of your',
  'archive in the range. It expects valid events only, one JSON object a line (gzip is fine), where',
  'Amazon Data Firehose puts them with dynamic partitioning, a newline as delimiter, and the prefix',
  '!{partitionKeyFromQuery:type}/v!{partitionKeyFromQuery:major}/archive_day=!{timestamp:yyyy-MM-dd}/',
  'where type is .event_type and major is .schema_version|split(".")[0]. The stack of this repository',
  'has no such archive yet: nothing is there to query until you add one. Athena fails a query that',
  'meets a value of another type, so keep out what the consumer puts into quarantine.',
];
const ALTER_NOTES = ['Run it in Athena once, on a table that was created before this version.'];

/**
 * DDL for Athena and the Glue Data Catalog, by path relative to the root of the repository. Pure.
 *
 * @param header - the lines that every generated file begins with.
 * @throws {@link SchemaError} `unsupported_schema` when a field cannot be a column.
 */
export function generateWarehouse(
  events: readonly EventMajor[],
  header: (event: EventMajor) => readonly string[],
): Map<string, string> {
  const files = new Map<string, string>();
  for (const event of events) {
    for (const [name, sql] of tableStatements(event)) {
      const notes = sql.startsWith('CREATE') ? CREATE_NOTES : ALTER_NOTES;
      const comment = [...header(event), ...notes].map((line) => `-- ${line}\n`).join('');
      files.set(`${WAREHOUSE_FOLDER}/${event.type}/${name}`, `${comment}\n${sql}`);
    }
  }
  return files;
}
