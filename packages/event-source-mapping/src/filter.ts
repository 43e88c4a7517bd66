import { EventSourceMappingError } from './error.ts';
import { invalid } from './properties.ts';

/** One parsed filter: the pattern under its `data` (Kinesis) or `body` (SQS) key. */
export interface Filter {
  /** `undefined`: the pattern says nothing about the payload, so everything matches. */
  readonly payload: ObjectPattern | readonly Rule[] | undefined;
}

interface ObjectPattern {
  readonly [field: string]: ObjectPattern | readonly Rule[] | readonly ObjectPattern[];
}

type Scalar = string | number | boolean | null;
type Rule = Scalar | { readonly [operator: string]: unknown };

const setting = 'FilterCriteria';
const operators = [
  'prefix',
  'suffix',
  'equals-ignore-case',
  'anything-but',
  'numeric',
  'exists',
] as const;

/**
 * Parses and checks `FilterCriteria`. Filters are alternatives; the fields of one filter must all match.
 * @throws EventSourceMappingError for a pattern that is no JSON, or uses a rule or key that is not supported.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function parseFilters(
  criteria: { readonly Filters?: readonly { readonly Pattern?: string }[] } | undefined,
  payloadKey: 'data' | 'body' = 'data',
): readonly Filter[] {
  const filters = criteria?.Filters ?? [];
  if (filters.length > 10) throw invalid(setting, `at most 10 filters, got ${filters.length}`);
  return filters.map(({ Pattern }) => {
    const pattern = parseJson(Pattern ?? '');
    if (!isObject(pattern)) {
      throw invalid(setting, `a Pattern must be a JSON object as text, got ${String(Pattern)}`);
    }
    const other = Object.keys(pattern).find((key) => key !== payloadKey);
    if (other !== undefined) {
      throw new EventSourceMappingError(
        'unsupported_setting',
        setting,
        `a Pattern can only look at "${payloadKey}" here, not at "${other}"`,
      );
    }
    const payload = pattern[payloadKey];
    if (payload !== undefined) checkPattern(payload, payloadKey);
    return { payload: payload as Filter['payload'] };
  });
}

/**
 * Whether the function gets to see a payload. A payload that is no JSON never matches a pattern of
 * JSON fields, and one that is JSON never matches a pattern of plain text: both are dropped without
 * a trace, as on AWS, so do not filter where invalid events matter.
 */
export function passesFilters(payload: Uint8Array | string, filters: readonly Filter[]): boolean {
  if (filters.length === 0) return true;
  const content = typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8');
  const json = parseJson(content);
  return filters.some(({ payload: pattern }) => {
    if (pattern === undefined) return true;
    if (isRules(pattern)) return json === undefined && matchesRules(content, pattern);
    return isObject(json) && matchesObject(json, pattern);
  });
}

function matchesObject(value: Record<string, unknown>, pattern: ObjectPattern): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    if (field === '$or') {
      return (expected as readonly ObjectPattern[]).some((one) => matchesObject(value, one));
    }
    const actual = Object.hasOwn(value, field) ? value[field] : undefined;
    if (isRules(expected)) return matchesRules(actual, expected);
    return isObject(actual) && matchesObject(actual, expected as ObjectPattern);
  });
}

/** A list in the event matches when one of its elements does. */
function matchesRules(actual: unknown, rules: readonly Rule[]): boolean {
  const values: readonly unknown[] = Array.isArray(actual) ? actual : [actual];
  return rules.some((rule) => values.some((value) => matchesRule(value, rule)));
}

function matchesRule(actual: unknown, rule: Rule): boolean {
  if (!isObject(rule)) return actual === rule;
  const [operator, operand] = Object.entries(rule)[0] ?? [];
  const isText = typeof actual === 'string';
  switch (operator as (typeof operators)[number]) {
    case 'prefix':
      return isText && actual.startsWith(operand as string);
    case 'suffix':
      return isText && actual.endsWith(operand as string);
    case 'equals-ignore-case':
      return isText && actual.toLowerCase() === (operand as string).toLowerCase();
    case 'anything-but':
      return actual !== undefined && !isObject(actual) && !excluded(operand).includes(actual);
    case 'numeric':
      return typeof actual === 'number' && inRange(actual, operand as readonly unknown[]);
    case 'exists':
      return (actual !== undefined && !isObject(actual)) === operand;
  }
}

function excluded(operand: unknown): readonly unknown[] {
  return Array.isArray(operand) ? operand : [operand];
}

/** `[">", 0, "<=", 10]`: every comparison holds. */
function inRange(actual: number, comparisons: readonly unknown[]): boolean {
  for (let i = 0; i < comparisons.length; i += 2) {
    const bound = comparisons[i + 1] as number;
    const holds = {
      '=': actual === bound,
      '<': actual < bound,
      '<=': actual <= bound,
      '>': actual > bound,
      '>=': actual >= bound,
    }[comparisons[i] as '='];
    if (!holds) return false;
  }
  return true;
}

function checkPattern(pattern: unknown, path: string): void {
  if (Array.isArray(pattern)) {
    for (const rule of pattern) checkRule(rule, path);
    return;
  }
  if (!isObject(pattern)) {
    throw invalid(setting, `${path}: a pattern's leaves are lists, such as ["buy"]`);
  }
  for (const [field, nested] of Object.entries(pattern)) {
    if (field !== '$or') checkPattern(nested, `${path}.${field}`);
    else if (Array.isArray(nested)) {
      for (const one of nested) checkPattern(one, `${path}.$or`);
    } else throw invalid(setting, `${path}: "$or" takes a list of patterns`);
  }
}

function checkRule(rule: unknown, path: string): void {
  if (!isObject(rule)) {
    if (Array.isArray(rule)) throw invalid(setting, `${path}: a list within a list is no rule`);
    return;
  }
  const [[operator, operand] = [], ...more] = Object.entries(rule);
  if (more.length > 0 || !operators.includes(operator as 'exists')) {
    throw new EventSourceMappingError(
      'unsupported_setting',
      setting,
      `${path}: a rule is a value or one of ${operators.join(', ')}; got ${JSON.stringify(rule)}`,
    );
  }
  if (!isOperand(operator as (typeof operators)[number], operand)) {
    throw invalid(setting, `${path}: ${operator} cannot take ${JSON.stringify(operand)}`);
  }
}

function isOperand(operator: (typeof operators)[number], operand: unknown): boolean {
  switch (operator) {
    case 'exists':
      return typeof operand === 'boolean';
    case 'anything-but':
      return excluded(operand).every((one) => typeof one === 'string' || typeof one === 'number');
    case 'numeric':
      return (
        Array.isArray(operand) &&
        operand.length > 0 &&
        operand.length % 2 === 0 &&
        operand.every((part, i) =>
          i % 2 === 0 ? ['=', '<', '<=', '>', '>='].includes(part) : typeof part === 'number',
        )
      );
    default:
      return typeof operand === 'string';
  }
}

function isRules(pattern: unknown): pattern is readonly Rule[] {
  return Array.isArray(pattern);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `undefined` when it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
