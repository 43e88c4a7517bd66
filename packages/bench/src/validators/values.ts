import type { JsonSchema } from '@clickstream/events';
import type { Random } from '../random.ts';

type Fields = Record<string, unknown>;

/** How likely an optional field is there. */
const PRESENT = 0.7;
const MAX_ITEMS = 4;
/** The pattern of any text that is proper Unicode. */
const WELL_FORMED = '^\\P{Cs}*$';

/** What writes or reads an event, and by which schema. */
export interface Checked {
  readonly schema: JsonSchema;
  readonly accepts: (value: unknown) => boolean;
}

/** A valid value as users send it: other lengths and contents each time, optional fields or none. */
export function validValue(schema: JsonSchema, random: Random): Fields {
  const required: unknown = schema['required'];
  const fields: Fields = {};
  for (const [name, field] of fieldsOf(schema)) {
    const isRequired = Array.isArray(required) && required.includes(name);
    if (isRequired || random.chance(PRESENT)) fields[name] = anyValue(field, random);
  }
  return fields;
}

function anyValue(schema: JsonSchema, random: Random): unknown {
  const { type, items, examples } = schema;
  if (type === 'object') return validValue(schema, random);
  if (type === 'array' && isSchema(items)) {
    return Array.from({ length: random.integer(1, MAX_ITEMS) }, () => anyValue(items, random));
  }
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum']))
    return schema['enum'][random.integer(0, schema['enum'].length - 1)];
  if (type === 'boolean') return random.chance(0.5);
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  if (type !== 'string') return variedNumber(schema, random);
  return variedText(schema, random) ?? example;
}

function variedNumber({ multipleOf }: JsonSchema, random: Random): number {
  return typeof multipleOf === 'number' && multipleOf < 1
    ? random.integer(1, 50_000) / 100
    : random.integer(1, 12);
}

/** Nothing for a pattern that there is no way to vary. */
function variedText(schema: JsonSchema, random: Random): string | undefined {
  const { format, maxLength, pattern } = schema;
  if (format === 'date-time') return new Date(random.integer(1.7e12, 1.8e12)).toISOString();
  if (format === 'uri') {
    const host = random.pick(['shop.example', 'www.shop.example', 'search.example:8443']);
    const query = random.chance(0.5)
      ? `?ref=${letters(random, 8)}&page=${random.integer(1, 99)}`
      : '';
    return `https://${host}/${letters(random, random.integer(4, 40))}${query}`;
  }
  if (typeof pattern === 'string' && pattern.includes('-7[0-9a-f]')) return uuidV7(random);
  if (pattern !== undefined && pattern !== WELL_FORMED) return undefined;
  const longest = typeof maxLength === 'number' ? maxLength : 40;
  const length = random.integer(1, Math.min(longest, longest > 300 ? 120 : 36));
  return random.chance(0.1) ? `${letters(random, length - 1)}é` : letters(random, length);
}

function letters(random: Random, length: number): string {
  return Array.from(
    { length },
    () => 'abcdefghijklmnopqrstuvwxyz-0123456789'[random.integer(0, 36)],
  ).join('');
}

function uuidV7(random: Random): string {
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => random.integer(0, 15).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-7${hex(3)}-${random.pick(['8', '9', 'a', 'b'])}${hex(3)}-${hex(12)}`;
}

/** What no field accepts, or not every one. */
const WRONG: readonly [unknown, ...unknown[]] = [
  null,
  42,
  -1,
  1.23456789,
  true,
  '',
  'not this',
  'x'.repeat(9000),
  '\ud800',
  [],
  {},
];

/** The value with one field, at random, that is wrong or missing; that it is invalid is checked. */
export function brokenCopy({ schema, accepts }: Checked, value: Fields, random: Random): Fields {
  for (;;) {
    const copy = structuredClone(value);
    breakOne(schema, copy, random);
    if (!accepts(copy)) return copy;
  }
}

function breakOne(schema: JsonSchema, value: Fields, random: Random): void {
  const [first, ...others] = fieldsOf(schema);
  if (first === undefined) return;
  const [name, field] = random.pick([first, ...others]);
  const items = field['items'];
  const members: unknown = value[name];
  if (isSchema(items) && Array.isArray(members) && random.chance(0.8)) {
    const item: unknown = members[random.integer(0, members.length - 1)];
    if (isSchema(item)) breakOne(items, item, random);
  } else if (random.chance(0.3)) delete value[name];
  else value[name] = random.pick(WRONG);
}

function fieldsOf({ properties }: JsonSchema): [string, JsonSchema][] {
  return Object.entries(isSchema(properties) ? properties : {}).filter(
    (entry): entry is [string, JsonSchema] => isSchema(entry[1]),
  );
}

function isSchema(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
