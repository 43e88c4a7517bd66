import type { ArraySchema, ObjectField, ObjectSchema, Schema } from '../subset.ts';
import { expectedOf } from './expected.ts';
import { camelCase, propertyKey } from './names.ts';
import { list, literal, type Printer } from './printer.ts';

/** Prints the shapes by which values are explained: a constant each, those inside it before it. */
export interface ShapeEmitter {
  /** @param check - name of the function that checks the whole value. */
  readonly value: (name: string, schema: Schema, check: string) => string;
  /** @param items - name of the shape of an item. */
  readonly list: (name: string, schema: ArraySchema, items: string) => string;
  readonly record: (name: string, schema: ObjectSchema, fields: readonly ShapedField[]) => string;
}

interface ShapedField extends Pick<ObjectField, 'name' | 'required'> {
  /** Name of the shape of the field. */
  readonly shape: string;
}

/** @param exported - whether other files may import what is printed. */
export function createShapeEmitter(printer: Printer, exported: boolean): ShapeEmitter {
  /** Names of constants by wanted name and value: readers and writers share equal shapes. */
  const constants = new Map<string, string>();

  const define = (
    wantedName: string,
    type: string,
    schema: Schema,
    members: readonly string[],
  ): string => {
    const all = [`expected: ${literal(expectedOf(schema))}`, ...members];
    const key = `${wantedName} ${all.join()}`;
    const known = constants.get(key);
    if (known !== undefined) return known;
    const name = printer.scope.claim(`${camelCase(wantedName)}Shape`);
    constants.set(key, name);
    const shape = printer.useType(type, '../shape.ts');
    printer.print(
      list(`${exported ? 'export ' : ''}const ${name}: ${shape} = {`, all, '};', ''),
      '',
    );
    return name;
  };

  return {
    value: (name, schema, check) => define(name, 'ValueShape', schema, [`is: ${check}`]),
    list: (name, schema, items) =>
      define(name, 'ListShape', schema, [
        `items: ${items}`,
        `minItems: ${schema.minItems ?? 0}`,
        `maxItems: ${schema.maxItems ?? 'Infinity'}`,
      ]),
    record: (name, schema, fields) => {
      const shapes = fields.map((field) => `${propertyKey(field.name)}: ${field.shape}`);
      const required = fields.filter((field) => field.required).map((field) => field.name);
      return define(name, 'RecordShape', schema, [
        list('fields: {', shapes, '}', '  ').trim(),
        `required: ${literal(required, '  ')}`,
        `closed: ${schema.closed}`,
      ]);
    },
  };
}
