import type { EventModel, JsonSchema } from '../json-schema.ts';
import { readSchema } from '../read-schema.ts';
import { camelCase, pascalCase } from './names.ts';
import { createPrinter, literal, type Printer } from './printer.ts';
import { type Checked, createValidatorEmitter } from './validators.ts';

const FILE = './envelope.ts';

/** The fields that events have in common, printed once. */
export interface EnvelopeFile {
  /** Nothing when the events have no field in common. */
  readonly content?: string;
  /** By the JSON text of a field, what imports the constant of its schema and returns its name. */
  readonly schemas: (printer: Printer) => ReadonlyMap<string, () => string>;
  /** By name of a field of an event, what is printed for it here; imports that. */
  readonly checks: (printer: Printer, event: JsonSchema) => ReadonlyMap<string, Checked>;
}

/**
 * The file of the envelope in the events package: an application that imports two events has the
 * checks of their envelope once.
 *
 * @param newest - every event, in its newest major.
 */
export function emitEnvelopeFile(
  newest: readonly EventModel[],
  header: readonly string[],
): EnvelopeFile {
  const printer = createPrinter(header);
  const validators = createValidatorEmitter(printer, { exported: true });
  const fields = commonFields(newest).map(([name, field]) => {
    const constant = printer.scope.claim(`${camelCase(name)}Field`);
    const type = printer.useType('JsonSchema', '../contract.ts');
    printer.print(`export const ${constant}: ${type} = ${literal(field)};`, '');
    const checked = validators.emit(pascalCase(name), readSchema(field, `the envelope's ${name}`));
    return { name, text: JSON.stringify(field), constant, checked };
  });
  return {
    ...(fields.length === 0 ? {} : { content: printer.toString() }),
    schemas: ({ use }) =>
      new Map(fields.map(({ text, constant }) => [text, () => use(constant, FILE)])),
    checks: ({ use }, event) => {
      const own = new Map(Object.entries(propertiesOf(event)));
      const same = fields.filter(({ name, text }) => JSON.stringify(own.get(name)) === text);
      return new Map(
        same.map(({ name, checked: { check, shape } }) => [
          name,
          { check: use(check, FILE), shape: use(shape, FILE) },
        ]),
      );
    },
  };
}

function commonFields(models: readonly EventModel[]): [string, unknown][] {
  const [first] = models;
  if (first === undefined) return [];
  return Object.entries(propertiesOf(first.schema)).filter(([name, field]) => {
    const text = JSON.stringify(field);
    return models.every(
      ({ schema, common = [] }) =>
        common.includes(name) && JSON.stringify(propertiesOf(schema)[name]) === text,
    );
  });
}

function propertiesOf({ properties }: JsonSchema): JsonSchema {
  return typeof properties === 'object' && properties !== null ? { ...properties } : {};
}
