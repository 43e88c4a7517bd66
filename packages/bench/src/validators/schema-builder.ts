import type { JsonSchema } from '@clickstream/events';
import { BenchError } from '../errors.ts';
import type { formats } from './formats.ts';

/** How a library of validators expresses the schemas of events. */
export interface Build<Type> {
  readonly constant: (value: unknown) => Type;
  readonly choice: (values: readonly unknown[]) => Type;
  readonly boolean: () => Type;
  readonly string: (rules: StringRules) => Type;
  readonly number: (rules: NumberRules) => Type;
  readonly array: (
    item: Type,
    bounds: { readonly minItems: number; readonly maxItems: number },
  ) => Type;
  readonly object: (fields: readonly BuiltField<Type>[], isClosed: boolean) => Type;
}
interface BuiltField<Type> {
  readonly name: string;
  readonly type: Type;
  readonly isRequired: boolean;
}
interface StringRules {
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly pattern: RegExp | undefined;
  readonly format: keyof typeof formats | undefined;
}
interface NumberRules {
  readonly isInteger: boolean;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly isMultiple: ((value: number) => boolean) | undefined;
}

/** @throws {@link BenchError} `wrong_answer` for what no arm would check. */
export function buildWith<Type>(build: Build<Type>, schema: JsonSchema): Type {
  const { type, pattern, format, items, multipleOf } = schema;
  if ('const' in schema) return build.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return build.choice(schema['enum']);
  if (type === 'boolean') return build.boolean();
  if (type === 'string') {
    return build.string({
      minLength: numberOf(schema['minLength']),
      maxLength: numberOf(schema['maxLength']),
      pattern: typeof pattern === 'string' ? new RegExp(pattern, 'u') : undefined,
      format: format === 'date-time' || format === 'uri' ? format : undefined,
    });
  }
  if (type === 'number' || type === 'integer') {
    const scale = typeof multipleOf === 'number' ? Math.round(1 / multipleOf) : undefined;
    return build.number({
      isInteger: type === 'integer',
      minimum: numberOf(schema['minimum']),
      maximum: numberOf(schema['maximum']),
      isMultiple:
        scale === undefined ? undefined : (value) => Math.round(value * scale) / scale === value,
    });
  }
  if (type === 'array' && isSchema(items)) {
    const bounds = {
      minItems: numberOf(schema['minItems']) ?? 0,
      maxItems: numberOf(schema['maxItems']) ?? Number.MAX_SAFE_INTEGER,
    };
    return build.array(buildWith(build, items), bounds);
  }
  if (type === 'object') return buildObject(build, schema);
  throw new BenchError(
    'wrong_answer',
    `The bench cannot express ${JSON.stringify(schema)}; teach it.`,
  );
}

function buildObject<Type>(build: Build<Type>, schema: JsonSchema): Type {
  const { properties, required } = schema;
  const fields = Object.entries(isSchema(properties) ? properties : {}).flatMap(([name, field]) => {
    if (!isSchema(field)) return [];
    const isRequired = Array.isArray(required) && required.includes(name);
    return [{ name, type: buildWith(build, field), isRequired }];
  });
  return build.object(fields, schema['additionalProperties'] === false);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
