import type { NumberSchema, Schema, StringSchema } from '../subset.ts';

/** What a schema accepts, in words, without its fields and items. */
export function expectedOf(schema: Schema): string {
  if (schema['x-expected'] !== undefined) return schema['x-expected'];
  switch (schema.kind) {
    case 'const':
      return JSON.stringify(schema.value);
    case 'enum':
      return `one of ${schema.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'string':
      return describeString(schema);
    case 'number':
      return `a finite number${range(schema)}${step(schema)}`;
    case 'integer':
      return `a whole number${range(schema)}${step(schema)}`;
    case 'array':
      return `an array${size(schema.minItems, schema.maxItems, 'item')}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'object':
      return 'an object';
    default:
      return schema satisfies never;
  }
}

function describeString({ minLength, maxLength, pattern, format }: StringSchema): string {
  const form = format === undefined ? '' : ` of the format ${format}`;
  const shape = pattern === undefined ? '' : ` that matches ${pattern.source}`;
  return `a string${size(minLength, maxLength, 'character')}${form}${shape}`;
}

function size(min = 0, max: number | undefined, unit: string): string {
  if (max === undefined) return min > 0 ? ` of at least ${plural(min, unit)}` : '';
  if (min === 0) return ` of at most ${plural(max, unit)}`;
  return min === max ? ` of ${plural(max, unit)}` : ` of ${min} to ${plural(max, unit)}`;
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: NumberSchema): string {
  const closed = minimum !== undefined && maximum !== undefined;
  const words = [
    ...(closed
      ? [`from ${minimum} to ${maximum}`]
      : [bound('at least', minimum), bound('at most', maximum)]),
    bound('above', exclusiveMinimum),
    bound('below', exclusiveMaximum),
  ].filter((word) => word !== '');
  return words.length === 0 ? '' : ` ${words.join(' and ')}`;
}

function bound(word: string, value: number | undefined): string {
  return value === undefined ? '' : `${word} ${value}`;
}

function step({ multipleOf }: NumberSchema): string {
  if (multipleOf === undefined) return '';
  if (multipleOf >= 1) return `, a multiple of ${multipleOf}`;
  return ` with at most ${plural(Math.round(-Math.log10(multipleOf)), 'decimal')}`;
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
