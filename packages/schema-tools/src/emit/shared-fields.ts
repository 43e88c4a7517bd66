import type { JsonSchema } from '../json-schema.ts';
import { camelCase } from './names.ts';
import { literal, nameIn, type Printer } from './printer.ts';

/**
 * Prints a constant for every field that occurs more than once, so that a reader's and a writer's
 * schema do not double what an application ships. Constants, because bundlers drop those unused.
 *
 * @param known - by the JSON text of a field, the constant that another file has for it.
 * @returns the names of the constants by the JSON text of the field.
 */
export function emitSharedFields(
  printer: Printer,
  schemas: readonly JsonSchema[],
  known: ReadonlyMap<string, () => string>,
): ReadonlyMap<string, string> {
  const fields = new Map<
    string,
    { readonly name: string; readonly field: unknown; times: number }
  >();
  const names = new Map<string, string>();
  const visit = (schema: unknown): void => {
    if (!isObject(schema)) return;
    visit(schema['items']);
    const { properties } = schema;
    if (!isObject(properties)) return;
    for (const [name, field] of Object.entries(properties)) {
      const text = JSON.stringify(field);
      const constant = known.get(text);
      const seen = fields.get(text);
      if (constant !== undefined) names.set(text, constant());
      else if (seen !== undefined) seen.times += 1;
      else {
        visit(field); // first, because its constants must be declared before its own
        fields.set(text, { name, field, times: 1 });
      }
    }
  };
  for (const schema of schemas) visit(schema);

  for (const [text, { name, field, times }] of fields) {
    if (times < 2) continue;
    const constant = printer.scope.claim(`${camelCase(name)}Field`);
    const type = printer.useType('JsonSchema', '../contract.ts');
    printer.print(`const ${constant}: ${type} = ${literal(field, '', nameIn(names))};`, '');
    names.set(text, constant);
  }
  return names;
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
