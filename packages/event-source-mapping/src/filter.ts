import { EventSourceMappingError } from './error.ts';
import { invalid } from './properties.ts';

/** Whether a payload, as text, passes one filter. */
export type Filter = (payload: string) => boolean;

/** Whether a field passes; `undefined` stands for a field that is not there. */
type Test = (actual: unknown) => boolean;

const setting = 'FilterCriteria';

/**
 * Compiles `FilterCriteria`. Filters are alternatives; the fields of one filter must all match.
 * @param payloadKey the one key a pattern may look at: `data` for Kinesis, `body` for SQS.
 * @throws EventSourceMappingError for a pattern that is no JSON, or uses a rule or key that is not supported.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compileFilters(
  criteria: { readonly Filters?: readonly { readonly Pattern?: string }[] } | undefined,
  payloadKey: 'data' | 'body',
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
      throw unsupported(`a Pattern can only look at "${payloadKey}" here, not at "${other}"`);
    }
    return compilePayload(pattern[payloadKey], payloadKey);
  });
}

/**
 * Whether the function gets to see a payload. A payload that is no JSON never matches a pattern of
 * JSON fields, and one that is JSON never matches a pattern of plain text: both are dropped without
 * a trace, as on AWS, so do not filter where invalid events matter.
 */
export function passesFilters(payload: Uint8Array | string, filters: readonly Filter[]): boolean {
  if (filters.length === 0) return true;
  const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8');
  return filters.some((passes) => passes(text));
}

function compilePayload(pattern: unknown, path: string): Filter {
  if (pattern === undefined) return () => true;
  const test = compile(pattern, path);
  return Array.isArray(pattern)
    ? (payload) => parseJson(payload) === undefined && test(payload)
    : (payload) => test(parseJson(payload));
}

function compile(pattern: unknown, path: string): Test {
  if (Array.isArray(pattern)) {
    if (pattern.length === 0) throw invalid(setting, `${path}: an empty list is no pattern`);
    const rules = pattern.map((rule) => compileRule(rule, path));
    // A list in the event matches when one of its elements does.
    return (actual) =>
      rules.some((rule) => (Array.isArray(actual) ? actual.some(rule) : rule(actual)));
  }
  if (!isObject(pattern)) {
    throw invalid(setting, `${path}: the leaves of a pattern are lists, such as ["buy"]`);
  }
  const fields = Object.entries(pattern).map(([field, nested]): Test => {
    if (field === '$or') return compileAlternatives(nested, path);
    const test = compile(nested, `${path}.${field}`);
    return (actual) =>
      isObject(actual) && test(Object.hasOwn(actual, field) ? actual[field] : undefined);
  });
  return (actual) => isObject(actual) && fields.every((test) => test(actual));
}

function compileAlternatives(patterns: unknown, path: string): Test {
  if (!Array.isArray(patterns)) throw invalid(setting, `${path}: "$or" takes a list of patterns`);
  const tests = patterns.map((pattern) => compile(pattern, `${path}.$or`));
  return (actual) => tests.some((test) => test(actual));
}

function compileRule(rule: unknown, path: string): Test {
  if (Array.isArray(rule)) throw invalid(setting, `${path}: a list within a list is no rule`);
  if (!isObject(rule)) return (actual) => actual === rule;
  const [[operator, operand] = [], ...more] = Object.entries(rule);
  const compileOperator = operators[operator ?? ''];
  if (compileOperator === undefined || more.length > 0) {
    throw unsupported(
      `${path}: a rule is a value or one of ${Object.keys(operators).join(', ')}; got ${JSON.stringify(rule)}`,
    );
  }
  const test = compileOperator(operand);
  if (test === undefined) {
    throw invalid(setting, `${path}: ${operator} cannot take ${JSON.stringify(operand)}`);
  }
  return test;
}

/** Each gives `undefined` for an operand that it cannot take. */
const operators: Readonly<Record<string, (operand: unknown) => Test | undefined>> = {
  prefix: textual((actual, operand) => actual.startsWith(operand)),
  suffix: textual((actual, operand) => actual.endsWith(operand)),
  'equals-ignore-case': textual((a, b) => a.toLowerCase() === b.toLowerCase()),
  'anything-but'(operand) {
    const excluded = new Set<unknown>(Array.isArray(operand) ? operand : [operand]);
    for (const one of excluded) {
      if (typeof one !== 'string' && typeof one !== 'number') return undefined;
    }
    return (actual) => isLeaf(actual) && !excluded.has(actual);
  },
  exists(operand) {
    return typeof operand === 'boolean' ? (actual) => isLeaf(actual) === operand : undefined;
  },
  numeric: compileRange,
};

/** `[">", 0, "<=", 10]`: every comparison holds. */
function compileRange(operand: unknown): Test | undefined {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0) return undefined;
  const parts: readonly unknown[] = operand;
  const tests: ((actual: number) => boolean)[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const compare = comparisons[String(parts[i])];
    const bound = parts[i + 1];
    if (compare === undefined || typeof bound !== 'number') return undefined;
    tests.push((actual) => compare(actual, bound));
  }
  return (actual) => typeof actual === 'number' && tests.every((test) => test(actual));
}

const comparisons: Readonly<Record<string, (actual: number, bound: number) => boolean>> = {
  '=': (actual, bound) => actual === bound,
  '<': (actual, bound) => actual < bound,
  '<=': (actual, bound) => actual <= bound,
  '>': (actual, bound) => actual > bound,
  '>=': (actual, bound) => actual >= bound,
};

function textual(matches: (actual: string, operand: string) => boolean) {
  return (operand: unknown): Test | undefined =>
    typeof operand === 'string'
      ? (actual) => typeof actual === 'string' && matches(actual, operand)
      : undefined;
}

function isLeaf(value: unknown): boolean {
  return value !== undefined && !isObject(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unsupported(message: string): EventSourceMappingError {
  return new EventSourceMappingError('unsupported_setting', setting, message);
}

/** `undefined` when it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
