import type { ColumnType } from './column-type.ts';
import type { Column } from './columns.ts';

/**
 * Words that must be quoted in DDL.
 * Source: {@link https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html}.
 */
const RESERVED = new Set(
  `all alter and array as authorization between bigint binary boolean both by case cashe cast char
  column commit conf constraint create cross cube current current_date current_timestamp cursor
  database date dayofweek decimal delete describe distinct div double drop else end exchange exists
  extended external extract false fetch float floor following for foreign from full function grant
  group grouping having if import in inner insert int integer intersect interval into is join lateral
  left less like local macro map more none not null numeric of on only or order out outer over
  partialscan partition percent preceding precision preserve primary procedure range reads reduce
  references regexp revoke right rlike rollback rollup row rows select set smallint start table
  tablesample then time timestamp to transform trigger true truncate unbounded union uniquejoin update
  user using utc_timestamp values varchar views when where window with`.split(/\s+/),
);

/** The catalog takes no longer one. Source: {@link https://docs.aws.amazon.com/glue/latest/webapi/API_Column.html}. */
const MAX_COMMENT_BYTES = 255;

/** A type as it stands in DDL. */
export function typeText(type: ColumnType): string {
  if (typeof type === 'string') return type;
  if ('array' in type) return `array<${typeText(type.array)}>`;
  const fields = type.struct.map((field) => `${fieldName(field.name)}:${typeText(field.type)}`);
  return `struct<${fields.join(',')}>`;
}

/** Name and type. */
export function columnText({ name, type }: Column): string {
  return `${quoted(name)} ${typeText(type)}`;
}

/** Name, type and comment. */
export function commentedColumnText(column: Column): string {
  const { comment } = column;
  return columnText(column) + (comment === '' ? '' : ` COMMENT ${commentText(comment)}`);
}

export function quoted(name: string): string {
  return `\`${name}\``;
}

/** Names inside a type are part of a text that the catalog keeps, so quotes only where they must be. */
function fieldName(name: string): string {
  return RESERVED.has(name) || !/^[a-z]/.test(name) ? quoted(name) : name;
}

/** A comment on one line, cut to what the catalog takes. */
export function commentText(comment: string): string {
  const line = comment
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return stringLiteral(cut(line));
}

function stringLiteral(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function cut(text: string): string {
  if (Buffer.byteLength(text) <= MAX_COMMENT_BYTES) return text;
  const ellipsis = '…';
  let bytes = Buffer.byteLength(ellipsis);
  let kept = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_COMMENT_BYTES) break;
    kept += character;
  }
  return kept + ellipsis;
}
