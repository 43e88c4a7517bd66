import type { EventMajor } from '../versions.ts';
import { tableStatements, WAREHOUSE_FOLDER } from './tables.ts';

const CREATE_NOTES = [
  'Run it in Athena once, with the name of your bucket for ARCHIVE_BUCKET and the first day of your',
  'archive in the range. It expects one JSON event a line (gzip is fine) below',
  's3://<bucket>/<event type>/v<major>/archive_day=<yyyy-mm-dd>/, as a delivery stream of Amazon Data',
  'Firehose writes them with dynamic partitioning by `event_type` and `schema_version`. The stack of',
  'this repository has no such archive yet: nothing is there to query until you add one.',
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
