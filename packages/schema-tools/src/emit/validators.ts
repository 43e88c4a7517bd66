import type {
  ArraySchema,
  Literal,
  NumberSchema,
  ObjectField,
  ObjectSchema,
  Schema,
  StringSchema,
} from '../subset.ts';
import { constantCase, pascalCase, propertyKey, stringLiteral } from './names.ts';
import {
  isHttpUrlOnly,
  isUtcMillisecondsOnly,
  isWellFormedOnly,
  patternLiteral,
} from './patterns.ts';
import { joined, list, type Printer } from './printer.ts';
import { createShapeEmitter } from './shapes.ts';
import { recordName } from './types.ts';

const CHECKS = '../checks.ts';

/** What is printed for a schema, by name. */
export interface Checked {
  /** The function `(value: unknown) => boolean` that checks a value. */
  readonly check: string;
  /** The shape by which a value that fails is explained. */
  readonly shape: string;
}

/**
 * Prints checks of schemas and their shapes into one file: a function per record, and one per field
 * and item, which readers and writers share.
 */
export interface ValidatorEmitter {
  /**
   * Prints a check and a shape after those that they are made of.
   *
   * @param name - what is checked, in PascalCase, for the names of what is printed.
   * @param known - by name of a field, what is printed for it already.
   */
  readonly emit: (name: string, schema: Schema, known?: ReadonlyMap<string, Checked>) => Checked;
}

/** @param options.exported - whether other files may import what is printed. Default: false. */
export function createValidatorEmitter(
  printer: Printer,
  { exported = false }: { readonly exported?: boolean } = {},
): ValidatorEmitter {
  /** Names of functions by wanted name and body: readers and writers share equal checks. */
  const functions = new Map<string, string>();
  const patterns = new Map<string, string>();
  const shapes = createShapeEmitter(printer, exported);

  const define = (wantedName: string, body: string): string => {
    const key = `${wantedName} ${body}`;
    const known = functions.get(key);
    if (known !== undefined) return known;
    const name = printer.scope.claim(wantedName);
    functions.set(key, name);
    const keyword = exported ? 'export function' : 'function';
    printer.print(`${keyword} ${name}(value: unknown): boolean {`, body, '}', '');
    return name;
  };

  const emit: ValidatorEmitter['emit'] = (name, schema, known) => {
    if (schema.kind === 'object') return emitRecord(recordName(schema, name), schema, known);
    if (schema.kind === 'array') return emitList(name, schema);
    const conditions = conditionsOf(schema, name);
    const check = define(`check${name}`, `  return ${joined(conditions, '&&', '    ')};`);
    return { check, shape: shapes.value(name, schema, check) };
  };

  const emitRecord = (
    name: string,
    schema: ObjectSchema,
    known?: ReadonlyMap<string, Checked>,
  ): Checked => {
    const fields = schema.fields.map((field) => ({
      ...field,
      ...(known?.get(field.name) ?? emit(name + pascalCase(field.name), field.schema)),
    }));
    const check = schema.closed
      ? define(`check${name}Input`, closedBody(printer, fields))
      : define(`check${name}`, openBody(printer, fields));
    const shape = shapes.record(schema.closed ? `${name}Input` : name, schema, fields);
    return { check, shape };
  };

  const emitList = (name: string, schema: ArraySchema): Checked => {
    const { items, minItems = 0, maxItems = 'Infinity' } = schema;
    const item = emit(`${name}Item`, items);
    const isArrayOf = printer.use('isArrayOf', CHECKS);
    const body = `  return ${isArrayOf}(value, ${minItems}, ${maxItems}, ${item.check});`;
    return { check: define(`check${name}`, body), shape: shapes.list(name, schema, item.shape) };
  };

  const conditionsOf = (
    schema: Exclude<Schema, ObjectSchema | ArraySchema>,
    name: string,
  ): string[] => {
    if (schema.kind === 'const') return [isLiteral(schema.value)];
    if (schema.kind === 'enum') return [schema.values.map(isLiteral).join(' || ')];
    if (schema.kind === 'boolean') return ["typeof value === 'boolean'"];
    if (schema.kind === 'string') return stringConditions(schema, name);
    if (schema.kind === 'number' || schema.kind === 'integer') {
      return numberConditions(printer, schema);
    }
    return ['value === null'];
  };

  const stringConditions = (schema: StringSchema, name: string): string[] => {
    const { minLength = 0, maxLength } = schema;
    return [
      "typeof value === 'string'",
      ...(minLength > 0 ? [`${printer.use('isAtLeast', CHECKS)}(value, ${minLength})`] : []),
      ...(maxLength === undefined
        ? []
        : [`${printer.use('isAtMost', CHECKS)}(value, ${maxLength})`]),
      ...formConditions(schema, name),
    ];
  };

  const formConditions = ({ pattern, format }: StringSchema, name: string): string[] => {
    if (format === 'date-time' && pattern && isUtcMillisecondsOnly(pattern)) {
      return [`${printer.use('isUtcMilliseconds', CHECKS)}(value)`];
    }
    if (format === 'uri' && pattern && isHttpUrlOnly(pattern)) {
      return [`${printer.use('isHttpUrl', CHECKS)}(value)`];
    }
    return [
      ...(pattern === undefined ? [] : [patternCondition(pattern, name)]),
      ...(format === 'date-time' ? [`${printer.use('isDateTime', CHECKS)}(value)`] : []),
      ...(format === 'uri' ? [`${printer.use('isUri', CHECKS)}(value)`] : []),
    ];
  };

  const patternCondition = (pattern: RegExp, name: string): string =>
    isWellFormedOnly(pattern)
      ? 'value.isWellFormed()'
      : `${patternName(pattern, name)}.test(value)`;

  const patternName = (pattern: RegExp, name: string): string => {
    const source = patternLiteral(pattern);
    const key = `${name} ${source}`;
    const known = patterns.get(key);
    if (known !== undefined) return known;
    const claimed = printer.scope.claim(constantCase(name));
    patterns.set(key, claimed);
    printer.print(`const ${claimed} = ${source};`, '');
    return claimed;
  };

  return { emit };
}

interface CheckedField extends ObjectField {
  /** Name of the function that checks the field. */
  readonly check: string;
}

/** Reads every field once, whatever else is there. */
function openBody(printer: Printer, fields: readonly CheckedField[]): string {
  const guard = `  if (!${printer.use('isRecord', CHECKS)}(value)) return false;`;
  if (fields.length === 0) return `${guard}\n  return true;`;
  const scope = printer.scope.child();
  scope.claim('value');
  const variables = fields.map((field) => ({ ...field, variable: scope.claim(field.name) }));
  const bindings = variables.map(({ name, variable }) =>
    name === variable ? name : `${propertyKey(name)}: ${variable}`,
  );
  const tests = variables.map(({ required, check, variable }) =>
    required ? `${check}(${variable})` : `(${variable} === undefined || ${check}(${variable}))`,
  );
  return [
    guard,
    list('const {', bindings, '} = value;', '  '),
    '  return (',
    `    ${tests.join(' &&\n    ')}`,
    '  );',
  ].join('\n');
}

/** Goes through what is there: own enumerable fields, which is what JSON.stringify writes. */
function closedBody(printer: Printer, fields: readonly CheckedField[]): string {
  const required = fields.filter((field) => field.required).length;
  const cases = fields.map((field) =>
    [
      `      case ${stringLiteral(field.name)}:`,
      field.required
        ? `        if (!${field.check}(field)) return false;`
        : `        if (field !== undefined && !${field.check}(field)) return false;`,
      ...(field.required ? ['        required += 1;'] : []),
      '        break;',
    ].join('\n'),
  );
  return [
    `  if (!${printer.use('isRecord', CHECKS)}(value)) return false;`,
    '  let required = 0;',
    '  for (const key of Object.keys(value)) {',
    '    const field = value[key];',
    '    switch (key) {',
    ...cases,
    '      default:',
    '        if (field !== undefined) return false;',
    '    }',
    '  }',
    `  return required === ${required};`,
  ].join('\n');
}

function numberConditions(printer: Printer, schema: NumberSchema): string[] {
  const { kind, multipleOf } = schema;
  const bounds = [
    ['>=', schema.minimum],
    ['>', schema.exclusiveMinimum],
    ['<=', schema.maximum],
    ['<', schema.exclusiveMaximum],
  ] as const;
  return [
    "typeof value === 'number'",
    kind === 'integer' ? 'Number.isInteger(value)' : 'Number.isFinite(value)',
    ...bounds.flatMap(([operator, bound]) =>
      bound === undefined ? [] : [`value ${operator} ${bound}`],
    ),
    ...(multipleOf === undefined ? [] : [isMultiple(printer, multipleOf)]),
  ];
}

function isMultiple(printer: Printer, step: number): string {
  if (step >= 1) return `value % ${step} === 0`;
  return `${printer.use('hasDecimals', CHECKS)}(value, ${Math.round(1 / step)})`;
}

function isLiteral(value: Literal): string {
  return `value === ${typeof value === 'string' ? stringLiteral(value) : String(value)}`;
}
