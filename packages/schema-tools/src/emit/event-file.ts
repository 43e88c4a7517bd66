import type { EventModel } from '../json-schema.ts';
import { sampleOf } from '../sample.ts';
import { guard, readRecord } from './contract-parts.ts';
import { deprecatedKeys } from './deprecated-keys.ts';
import type { EnvelopeFile } from './envelope-file.ts';
import type { EventNames } from './event-names.ts';
import type { FileExports } from './exports.ts';
import { createPrinter, docComment, literal, nameIn } from './printer.ts';
import { emitSharedFields } from './shared-fields.ts';
import { createTypeEmitter, deprecationTag } from './types.ts';
import { createValidatorEmitter } from './validators.ts';

export interface EventFile {
  readonly content: string;
  readonly exports: FileExports;
}

/** The file of one event in the events package: types, validators, schemas, sample, contract. */
export function emitEventFile(
  model: EventModel,
  names: EventNames,
  envelope: EnvelopeFile,
  header: readonly string[],
): EventFile {
  const schema = readRecord(model.schema, model.type);
  const inputSchema = readRecord(model.inputSchema, `${model.type} input`);
  const printer = createPrinter(header);
  const { print, useType, use } = printer;
  for (const name of [names.type, names.input, ...names.values]) printer.scope.claim(name);
  const jsonSchema = useType('JsonSchema', '../contract.ts');

  const roots = [names.type, names.input];
  const types = createTypeEmitter(model.type, roots);
  const interfaces = [
    types.emit(names.type, names.type, schema),
    types.emit(names.input, names.type, inputSchema),
  ];
  for (const source of interfaces.flat()) print(source, '');

  const constants = emitSharedFields(
    printer,
    [model.schema, model.inputSchema],
    envelope.schemas(printer),
  );
  print(
    docComment([`The ${model.type} that readers accept: open, so unknown fields pass.`], ''),
    `export const ${names.schema}: ${jsonSchema} = ${literal(model.schema, '', nameIn(constants))};`,
    '',
    docComment([`What writers of a ${model.type} accept: closed, so unknown fields fail.`], ''),
    `export const ${names.inputSchema}: ${jsonSchema} = ${literal(model.inputSchema, '', nameIn(constants))};`,
    '',
    docComment([`A valid ${model.type} with every field.`], ''),
    `export const ${names.sample}: ${names.type} = ${literal(sampleOf(schema, model.type))};`,
    '',
  );

  const validators = createValidatorEmitter(printer);
  const reader = validators.emit(names.type, schema, envelope.checks(printer, model.schema));
  const writer = validators.emit(
    names.type,
    inputSchema,
    envelope.checks(printer, model.inputSchema),
  );
  print(
    docComment(
      [`Whether a value is a {@link ${names.type}}; unknown fields pass. Never throws.`],
      '',
    ),
    ...guard(names.is, names.type, reader.check),
    docComment(
      [`Whether a value is a {@link ${names.input}}; unknown fields fail. Never throws.`],
      '',
    ),
    ...guard(names.isInput, names.input, writer.check),
  );

  const explain = use('explain', '../explain.ts');
  print(
    docComment([model.description, ...deprecationTag(schema.deprecated)], ''),
    `export const ${names.contract}: ${useType('EventContract', '../contract.ts')}<${names.type}, ${names.input}> = {`,
    `  type: ${literal(model.type)},`,
    `  version: ${literal(model.version)},`,
    `  description: ${literal(model.description)},`,
    `  deprecated: ${literal(deprecatedKeys(model.type, inputSchema))},`,
    `  sample: ${names.sample},`,
    `  is: ${names.is},`,
    `  isInput: ${names.isInput},`,
    `  explain: (value) => ${explain}(${reader.shape}, value),`,
    `  explainInput: (value) => ${explain}(${writer.shape}, value),`,
    '};',
  );
  const { values } = names;
  return {
    content: printer.toString(),
    exports: { type: model.type, values, roots, records: types.records() },
  };
}
