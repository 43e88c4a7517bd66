import { codePoints, hasDecimals, isDateTime, isRecord, isUri } from './checks.ts';
import type { JsonSchema, ValidationIssue } from './contract.ts';
import { describeSchema, describeValue, UNREADABLE } from './describe.ts';

/** More issues than this are of no use to a reader. */
const MAX_ISSUES = 20;

/**
 * Why a value does not match a schema: an interpreter of the subset of JSON Schema that the
 * generator supports, and the slow twin of the generated validators. For every value, they say yes
 * exactly when this returns no issue. Never throws, whatever the value.
 *
 * @returns at most 20 issues, in the order of the schema's fields.
 */
export function explain(schema: JsonSchema, value: unknown): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  visit(schema, value, '', issues);
  return issues;
}

/** The issues as one readable sentence. */
export function formatIssues(issues: readonly ValidationIssue[]): string {
  return issues
    .map(
      ({ path, expected, received }) =>
        `${path === '' ? 'the value' : path}: expected ${expected}, received ${received}`,
    )
    .join('; ');
}

function visit(schema: JsonSchema, value: unknown, path: string, issues: ValidationIssue[]): void {
  if (issues.length >= MAX_ISSUES) return;
  try {
    if (!matches(schema, value)) {
      issues.push({ path, expected: describeSchema(schema), received: describeValue(value) });
      return;
    }
    if (Array.isArray(value)) visitItems(schema, value, path, issues);
    else if (isRecord(value)) visitFields(schema, value, path, issues);
  } catch {
    issues.push({ path, expected: describeSchema(schema), received: UNREADABLE });
  }
}

function visitItems(
  schema: JsonSchema,
  value: readonly unknown[],
  path: string,
  issues: ValidationIssue[],
): void {
  const { items } = schema;
  if (!isSchema(items)) return;
  for (let index = 0; index < value.length && issues.length < MAX_ISSUES; index += 1) {
    visit(items, value[index], `${path}/${index}`, issues);
  }
}

function visitFields(
  schema: JsonSchema,
  value: Record<string, unknown>,
  path: string,
  issues: ValidationIssue[],
): void {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const closed = schema['additionalProperties'] === false;
  // A writer serializes what it has checked, and JSON has own enumerable fields only. A reader has
  // parsed JSON, which knows no other.
  const own = closed ? new Set(Object.keys(value)) : undefined;
  for (const [name, field] of Object.entries(properties)) {
    if (!isSchema(field)) continue;
    const pointer = `${path}/${escapePointer(name)}`;
    const read = own === undefined || own.has(name) ? readField(value, name) : ABSENT;
    if (read === undefined) {
      issues.push({ path: pointer, expected: describeSchema(field), received: UNREADABLE });
    } else if (read.value !== undefined || required.includes(name)) {
      visit(field, read.value, pointer, issues);
    }
  }
  for (const name of own ?? []) {
    if (issues.length >= MAX_ISSUES) return;
    if (Object.hasOwn(properties, name)) continue;
    const read = readField(value, name);
    if (read !== undefined && read.value === undefined) continue;
    issues.push({
      path: `${path}/${escapePointer(name)}`,
      expected: 'no field of this name',
      received: read === undefined ? UNREADABLE : describeValue(read.value),
    });
  }
}

const ABSENT = { value: undefined };

function readField(value: Record<string, unknown>, name: string): { value: unknown } | undefined {
  try {
    return { value: value[name] };
  } catch {
    return undefined;
  }
}

/** Whether the value itself matches; its fields and items are visited by the caller. */
function matches(schema: JsonSchema, value: unknown): boolean {
  if ('const' in schema && value !== schema['const']) return false;
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value)) return false;
  switch (schema['type']) {
    case 'string':
      return typeof value === 'string' && matchesString(schema, value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && matchesNumber(schema, value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) && matchesNumber(schema, value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value) && within(value.length, schema['minItems'], schema['maxItems']);
    case 'object':
      return isRecord(value);
    default:
      return true;
  }
}

function matchesString(schema: JsonSchema, value: string): boolean {
  if (!within(codePoints(value), schema['minLength'], schema['maxLength'])) return false;
  const { pattern, format } = schema;
  if (typeof pattern === 'string' && !compile(pattern).test(value)) return false;
  if (format === 'date-time') return isDateTime(value);
  if (format === 'uri') return isUri(value);
  return true;
}

function matchesNumber(schema: JsonSchema, value: number): boolean {
  if (!within(value, schema['minimum'], schema['maximum'])) return false;
  const { exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (typeof exclusiveMinimum === 'number' && !(value > exclusiveMinimum)) return false;
  if (typeof exclusiveMaximum === 'number' && !(value < exclusiveMaximum)) return false;
  if (typeof multipleOf !== 'number') return true;
  return multipleOf >= 1
    ? value % multipleOf === 0
    : hasDecimals(value, Math.round(1 / multipleOf));
}

function within(size: number, min: unknown, max: unknown): boolean {
  return !(typeof min === 'number' && size < min) && !(typeof max === 'number' && size > max);
}

/** One entry per pattern of the schemas, so it cannot grow without end. */
const compiled = new Map<string, RegExp>();

function compile(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const regexp = new RegExp(pattern, 'u');
  compiled.set(pattern, regexp);
  return regexp;
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isSchema(value: unknown): value is JsonSchema {
  return isRecord(value);
}
