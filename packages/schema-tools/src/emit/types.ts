import { SchemaError } from '../errors.ts';
import type { ObjectSchema, Schema } from '../subset.ts';
import { pascalCase, propertyKey, stringLiteral } from './names.ts';
import { docComment } from './printer.ts';

/** The interfaces of one file; a record that occurs twice is one interface. */
export interface TypeCollector {
  /** Adds an interface and those inside it. */
  readonly add: (name: string, schema: ObjectSchema) => void;
  /** Name and source of every interface, in the order in which they were added. */
  readonly interfaces: ReadonlyMap<string, string>;
}

/** @param source - names the schema in errors. */
export function createTypeCollector(source: string): TypeCollector {
  const interfaces = new Map<string, string>();

  const add = (name: string, schema: ObjectSchema): void => {
    const nested: (() => void)[] = [];
    const fields = schema.fields.map((field) => {
      const type = typeOf(field.schema, name + pascalCase(field.name), (innerName, inner) => {
        nested.push(() => add(innerName, inner));
      });
      const optional = field.required ? '' : '?';
      const undefinable = field.required ? '' : ' | undefined';
      const member = `  ${propertyKey(field.name)}${optional}: ${type}${undefinable};`;
      const doc = describe(field.schema);
      return doc.length === 0 ? member : `${docComment(doc, '  ')}\n${member}`;
    });
    const body = `{\n${fields.join('\n')}\n}`;
    const known = interfaces.get(name);
    if (known === undefined) {
      const doc =
        schema.description === undefined ? '' : `${docComment([schema.description], '')}\n`;
      interfaces.set(name, `${doc}export interface ${name} ${body}`);
    } else if (!known.endsWith(` ${name} ${body}`)) {
      throw new SchemaError(
        'unsupported_schema',
        `${source}: two different records are called ${name}; give one of them another "title".`,
      );
    }
    for (const addNested of nested) addNested();
  };

  return { add, interfaces };
}

type OnRecord = (name: string, schema: ObjectSchema) => void;

function typeOf(schema: Schema, name: string, onRecord: OnRecord): string {
  if (schema.kind === 'const') return literalType(schema.value);
  if (schema.kind === 'enum') return schema.values.map(literalType).join(' | ');
  if (schema.kind === 'integer') return 'number';
  if (schema.kind === 'array') {
    const item = typeOf(schema.items, `${name}Item`, onRecord);
    return item.includes(' ') ? `(${item})[]` : `${item}[]`;
  }
  if (schema.kind !== 'object') return schema.kind;
  const own = recordName(schema, name);
  onRecord(own, schema);
  return own;
}

function literalType(value: unknown): string {
  return typeof value === 'string' ? stringLiteral(value) : String(value);
}

/** `title` names a record if it is a type name, else its place does. */
export function recordName(schema: ObjectSchema, fallback: string): string {
  return /^[A-Z]\w*$/.test(schema.title ?? '') ? (schema.title ?? fallback) : fallback;
}

function describe(schema: Schema): string[] {
  const example = schema.kind === 'const' ? undefined : schema.examples?.[0];
  const facts = [
    schema['x-unit'] === undefined ? '' : `Unit: ${schema['x-unit']}.`,
    example === undefined ? '' : `Example: \`${JSON.stringify(example)}\`.`,
  ].filter((fact) => fact !== '');
  return [
    ...(schema.description === undefined ? [] : [schema.description]),
    ...(facts.length === 0 ? [] : [facts.join(' ')]),
    ...(schema.deprecated === true ? ['@deprecated'] : []),
  ];
}
