import { SchemaError } from '../errors.ts';
import type { Deprecated, ObjectField, ObjectSchema, Schema } from '../subset.ts';
import { pascalCase, propertyKey, stringLiteral } from './names.ts';
import { docComment } from './printer.ts';

/** The interfaces of one file. A record that occurs twice is one interface. */
export interface TypeEmitter {
  /**
   * An interface and, after it, those inside it that were not emitted before.
   *
   * @param prefix - how the names of records inside begin that have no `title`.
   */
  readonly emit: (name: string, prefix: string, schema: ObjectSchema) => readonly string[];
  /** Bodies of the records so far, by name. */
  readonly records: () => ReadonlyMap<string, string>;
}

/**
 * @param source - names the schema in errors.
 * @param roots - names of the interfaces that will be emitted; records inside get others.
 * @param suffix - what the names of records end in that have a `title`, as in `PurchaseItemV1`.
 */
export function createTypeEmitter(
  source: string,
  roots: readonly string[],
  suffix = '',
): TypeEmitter {
  const bodies = new Map<string, string>();

  const isTaken = (name: string, body: string): boolean =>
    roots.includes(name) || (bodies.get(name) ?? body) !== body;

  /** Registers a record inside another one; adds its source to `sources` if it is new. */
  const nested = (fallback: string, schema: ObjectSchema, sources: string[]): string => {
    const inner: string[] = [];
    const wanted = recordName(schema, fallback, suffix);
    const body = bodyOf(wanted, schema, inner);
    let name = wanted;
    for (let number = 2; isTaken(name, body); number += 1) {
      if (wanted !== fallback) {
        throw new SchemaError(
          'unsupported_schema',
          `${source}: two different records are called ${name}; give one of them another "title".`,
        );
      }
      name = `${wanted}${number}`;
    }
    if (!bodies.has(name)) sources.push(declaration(name, schema, body), ...inner);
    bodies.set(name, body);
    return name;
  };

  const bodyOf = (name: string, schema: ObjectSchema, sources: string[]): string => {
    const fields = schema.fields.map((field) =>
      member(field, typeOf(field.schema, name + (pascalCase(field.name) || '_'), sources)),
    );
    return `{\n${fields.join('\n')}\n}`;
  };

  const typeOf = (schema: Schema, name: string, sources: string[]): string => {
    if (schema.kind === 'const') return literalType(schema.value);
    if (schema.kind === 'enum') return schema.values.map(literalType).join(' | ');
    if (schema.kind === 'string' && schema.openEnum !== undefined) {
      return [...schema.openEnum.map(literalType), '(string & {})'].join(' | ');
    }
    if (schema.kind === 'integer') return 'number';
    if (schema.kind === 'object') return nested(name, schema, sources);
    if (schema.kind !== 'array') return schema.kind;
    const item = typeOf(schema.items, `${name}Item`, sources);
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  };

  return {
    emit(name, prefix, schema) {
      const inner: string[] = [];
      const body = bodyOf(prefix, schema, inner);
      return [declaration(name, schema, body), ...inner];
    },
    records: () => bodies,
  };
}

/** `title` names a record if it is a type name, else its place does. */
export function recordName(schema: ObjectSchema, fallback: string, suffix = ''): string {
  const { title = '' } = schema;
  return /^[A-Z]\w*$/.test(title) ? title + suffix : fallback;
}

function declaration(name: string, schema: ObjectSchema, body: string): string {
  const { description, deprecated } = schema;
  const doc = [...(description === undefined ? [] : [description]), ...deprecationTag(deprecated)];
  return `${doc.length === 0 ? '' : `${docComment(doc, '')}\n`}export interface ${name} ${body}`;
}

/** An optional field may also be given as `undefined`, which JSON drops. */
function member({ name, required, schema }: ObjectField, type: string): string {
  const line = `  ${propertyKey(name)}${required ? `: ${type}` : `?: ${type} | undefined`};`;
  const doc = documentation(schema);
  return doc.length === 0 ? line : `${docComment(doc, '  ')}\n${line}`;
}

function documentation(schema: Schema): string[] {
  const example = schema.kind === 'const' ? undefined : schema.examples?.[0];
  const facts = [
    schema['x-unit'] === undefined ? '' : `Unit: ${schema['x-unit']}.`,
    example === undefined ? '' : `Example: \`${JSON.stringify(example)}\`.`,
  ].filter((fact) => fact !== '');
  return [
    ...(schema.description === undefined ? [] : [schema.description]),
    ...(facts.length === 0 ? [] : [facts.join(' ')]),
    ...deprecationTag(schema.deprecated),
  ];
}

/** What editors show on what is deprecated, as paragraphs of a comment. */
export function deprecationTag(deprecated: Deprecated | undefined): string[] {
  if (deprecated === undefined) return [];
  const { since, removeIn, use } = deprecated;
  const when = [
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(removeIn === undefined ? [] : [`removed in ${removeIn}`]),
  ].join(', ');
  const what = use === undefined ? '' : `use ${use}`;
  const text = [when, what].filter((part) => part !== '').join('; ');
  return [text === '' ? '@deprecated' : `@deprecated ${text}`];
}

function literalType(value: unknown): string {
  return typeof value === 'string' ? stringLiteral(value) : String(value);
}
