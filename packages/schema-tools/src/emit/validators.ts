import type { NumberSchema, ObjectSchema, Schema, StringSchema } from '../subset.ts';
import { constantCase, pascalCase, propertyKey, stringLiteral } from './names.ts';
import { joined, list, type Printer } from './printer.ts';
import { recordName } from './types.ts';

const CHECKS = '../checks.ts';

/** Emits checks of schemas into one file. */
export interface ValidatorEmitter {
  /**
   * Prints a function `(value: unknown) => boolean` for a record, after those that it calls.
   *
   * @returns the name of the function.
   */
  readonly record: (functionName: string, typeName: string, schema: ObjectSchema) => string;
}

export function createValidatorEmitter(printer: Printer): ValidatorEmitter {
  const patterns = new Map<string, string>();

  const record = (wantedName: string, typeName: string, schema: ObjectSchema): string => {
    const name = printer.scope.claim(wantedName);
    const suffix = schema.closed ? 'Input' : '';
    const check = (field: Schema, variable: string, fieldName: string): string[] =>
      conditions(field, variable, fieldName, typeName + pascalCase(fieldName), suffix);
    const body = schema.closed ? closedBody(schema, check) : openBody(schema, check);
    printer.print(
      `function ${name}(value: unknown): boolean {`,
      `  if (!${printer.use('isRecord', CHECKS)}(value)) return false;`,
      ...body,
      '}',
      '',
    );
    return name;
  };

  /** Reads every field once, whatever else is there. */
  const openBody = (schema: ObjectSchema, check: Check): string[] => {
    const locals = printer.scope.child();
    locals.claim('value');
    const fields = schema.fields.map((field) => ({ ...field, variable: locals.claim(field.name) }));
    if (fields.length === 0) return ['  return true;'];
    const bindings = fields.map(({ name, variable }) =>
      name === variable ? name : `${propertyKey(name)}: ${variable}`,
    );
    const tests = fields.map(({ name, variable, required, schema: field }) => {
      const all = check(field, variable, name);
      return required
        ? joined(all, '&&', '    ')
        : `(${variable} === undefined ||\n      (${joined(all, '&&', '        ')}))`;
    });
    return [
      list('const {', bindings, '} = value;', '  '),
      '  return (',
      `    ${tests.join(' &&\n    ')}`,
      '  );',
    ];
  };

  /** Goes through what is there: own enumerable fields, as JSON.stringify does. */
  const closedBody = (schema: ObjectSchema, check: Check): string[] => {
    const required = schema.fields.filter((field) => field.required).length;
    const cases = schema.fields.flatMap((field) => {
      const all = check(field.schema, 'field', field.name);
      const test = field.required
        ? joined(all, '&&', '            ')
        : `field === undefined ||\n            (${joined(all, '&&', '              ')})`;
      return [
        `      case ${stringLiteral(field.name)}:`,
        '        if (',
        '          !(',
        `            ${test}`,
        '          )',
        '        ) {',
        '          return false;',
        '        }',
        ...(field.required ? ['        required += 1;'] : []),
        '        break;',
      ];
    });
    return [
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
    ];
  };

  type Check = (field: Schema, variable: string, fieldName: string) => string[];

  const conditions = (
    schema: Schema,
    variable: string,
    fieldName: string,
    typeName: string,
    suffix: string,
  ): string[] => {
    switch (schema.kind) {
      case 'const':
        return [`${variable} === ${primitive(schema.value)}`];
      case 'enum': {
        const tests = schema.values.map((value) => `${variable} === ${primitive(value)}`);
        return tests.length === 1 ? tests : [`(${tests.join(' || ')})`];
      }
      case 'string':
        return stringConditions(schema, variable, fieldName);
      case 'number':
      case 'integer':
        return numberConditions(schema, variable);
      case 'boolean':
        return [`typeof ${variable} === 'boolean'`];
      case 'null':
        return [`${variable} === null`];
      case 'object': {
        const own = recordName(schema, typeName);
        return [`${record(`check${own}${suffix}`, own, schema)}(${variable})`];
      }
      case 'array': {
        const item = itemCheck(schema.items, fieldName, `${typeName}Item`, suffix);
        const { minItems = 0, maxItems = 'Infinity' } = schema;
        return [
          `${printer.use('isArrayOf', CHECKS)}(${variable}, ${minItems}, ${maxItems}, ${item})`,
        ];
      }
    }
  };

  const itemCheck = (
    items: Schema,
    fieldName: string,
    typeName: string,
    suffix: string,
  ): string => {
    if (items.kind === 'object') {
      const own = recordName(items, typeName);
      return record(`check${own}${suffix}`, own, items);
    }
    const name = printer.scope.claim(`check${typeName}${suffix}`);
    const all = conditions(items, 'value', fieldName, typeName, suffix);
    printer.print(
      `function ${name}(value: unknown): boolean {`,
      `  return ${joined(all, '&&', '    ')};`,
      '}',
      '',
    );
    return name;
  };

  const stringConditions = (
    schema: StringSchema,
    variable: string,
    fieldName: string,
  ): string[] => {
    const { minLength = 0, maxLength, pattern, format } = schema;
    return [
      `typeof ${variable} === 'string'`,
      ...(minLength > 0 ? [`${printer.use('isAtLeast', CHECKS)}(${variable}, ${minLength})`] : []),
      ...(maxLength === undefined
        ? []
        : [`${printer.use('isAtMost', CHECKS)}(${variable}, ${maxLength})`]),
      ...(pattern === undefined ? [] : [`${patternName(pattern, fieldName)}.test(${variable})`]),
      ...(format === 'date-time' ? [`${printer.use('isDateTime', CHECKS)}(${variable})`] : []),
      ...(format === 'uri' ? [`${printer.use('isUri', CHECKS)}(${variable})`] : []),
    ];
  };

  const numberConditions = (schema: NumberSchema, variable: string): string[] => {
    const { kind, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
    return [
      `typeof ${variable} === 'number'`,
      kind === 'integer' ? `Number.isInteger(${variable})` : `Number.isFinite(${variable})`,
      ...(minimum === undefined ? [] : [`${variable} >= ${minimum}`]),
      ...(exclusiveMinimum === undefined ? [] : [`${variable} > ${exclusiveMinimum}`]),
      ...(maximum === undefined ? [] : [`${variable} <= ${maximum}`]),
      ...(exclusiveMaximum === undefined ? [] : [`${variable} < ${exclusiveMaximum}`]),
      ...(multipleOf === undefined ? [] : [step(multipleOf, variable)]),
    ];
  };

  const step = (multipleOf: number, variable: string): string =>
    multipleOf >= 1
      ? `${variable} % ${multipleOf} === 0`
      : `${printer.use('hasDecimals', CHECKS)}(${variable}, ${Math.round(1 / multipleOf)})`;

  const patternName = (pattern: RegExp, fieldName: string): string => {
    const source = `/${pattern.source}/u`;
    const known = patterns.get(source);
    if (known !== undefined) return known;
    const name = printer.scope.claim(constantCase(fieldName));
    patterns.set(source, name);
    printer.print(`const ${name} = ${source};`, '');
    return name;
  };

  return { record };
}

function primitive(value: unknown): string {
  return typeof value === 'string' ? stringLiteral(value) : String(value);
}
