import { isArrayOf, isRecord } from './checks.ts';
import type { ValidationIssue } from './contract.ts';
import { describeValue, UNREADABLE } from './describe.ts';
import type { RecordShape, Shape } from './shape.ts';

/** More issues than this are of no use to a reader. */
const MAX_ISSUES = 20;

/**
 * Why a value does not have a shape: the slow twin of the generated validators, made of the same
 * checks. For every value, they say yes exactly when this returns no issue. Never throws, whatever
 * the value.
 *
 * @returns at most 20 issues, in the order of the shape's fields.
 */
export function explain(shape: Shape, value: unknown): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  visit(shape, value, '', issues);
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

function visit(shape: Shape, value: unknown, path: string, issues: ValidationIssue[]): void {
  if (issues.length >= MAX_ISSUES) return;
  const { expected } = shape;
  try {
    if (!matches(shape, value)) {
      issues.push({ path, expected, received: describeValue(value) });
    } else if ('items' in shape && Array.isArray(value)) {
      for (let index = 0; index < value.length && issues.length < MAX_ISSUES; index += 1) {
        visit(shape.items, value[index], `${path}/${index}`, issues);
      }
    } else if ('fields' in shape && isRecord(value)) visitFields(shape, value, path, issues);
  } catch {
    issues.push({ path, expected, received: UNREADABLE });
  }
}

/** Whether the value itself matches; its fields and items are visited by the caller. */
function matches(shape: Shape, value: unknown): boolean {
  if ('is' in shape) return shape.is(value);
  if ('fields' in shape) return isRecord(value);
  return isArrayOf(value, shape.minItems, shape.maxItems, () => true);
}

function visitFields(
  { fields, required, closed }: RecordShape,
  value: Record<string, unknown>,
  path: string,
  issues: ValidationIssue[],
): void {
  // A writer serializes what it has checked, and JSON has own enumerable fields only. A reader has
  // parsed JSON, which knows no other.
  const own = closed ? new Set(Object.keys(value)) : undefined;
  for (const [name, field] of Object.entries(fields)) {
    const pointer = `${path}/${escapePointer(name)}`;
    const read = own === undefined || own.has(name) ? readField(value, name) : ABSENT;
    if (read === undefined) {
      issues.push({ path: pointer, expected: field.expected, received: UNREADABLE });
    } else if (read.value !== undefined || required.includes(name)) {
      visit(field, read.value, pointer, issues);
    }
  }
  for (const name of own ?? []) {
    if (issues.length >= MAX_ISSUES) return;
    if (Object.hasOwn(fields, name)) continue;
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

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
