import { SchemaError } from '../errors.ts';
import type { EventModel } from '../json-schema.ts';
import { majorOf } from '../majors.ts';
import { sampleOf } from '../sample.ts';
import { guard, readRecord } from './contract-parts.ts';
import type { EnvelopeFile } from './envelope-file.ts';
import type { EventFile } from './event-file.ts';
import type { EventNames } from './event-names.ts';
import { stringLiteral } from './names.ts';
import { createPrinter, docComment, literal, nameIn } from './printer.ts';
import { emitSharedFields } from './shared-fields.ts';
import { createTypeEmitter } from './types.ts';
import { upcastSource } from './upcast-source.ts';
import { createValidatorEmitter } from './validators.ts';

/**
 * The file of an older major in the events package: what reading it takes, and the way to the next
 * major. No input type and no method: it is not written any more.
 *
 * @param next - names of the next major.
 * @param shared - what the newest majors of all events have in common; this one may have it too.
 */
export function emitOlderFile(
  model: EventModel,
  names: EventNames,
  next: EventNames,
  shared: EnvelopeFile,
  header: readonly string[],
): EventFile {
  const { type, version, upcast, envelope = [] } = model;
  const source = `${type} ${version}`;
  if (upcast === undefined) {
    throw new SchemaError('invalid_definition', `${source} needs an upcast to the next major.`);
  }
  const schema = readRecord(model.schema, source);
  const sample = sampleOf(schema, source);
  const printer = createPrinter(header);
  const { print, useType, use } = printer;
  const values = [names.contract, names.is, names.schema, names.sample];
  for (const name of [names.type, ...values]) printer.scope.claim(name);
  const older = `${type} of major ${majorOf(version)}`;

  const types = createTypeEmitter(source, [names.type], `V${majorOf(version)}`);
  for (const declaration of types.emit(names.type, names.type, schema)) print(declaration, '');

  const constants = emitSharedFields(printer, [model.schema], shared.schemas(printer));
  print(
    docComment([`The ${older} that readers accept: open, so unknown fields pass.`], ''),
    `export const ${names.schema}: ${useType('JsonSchema', '../contract.ts')} = ${literal(model.schema, '', nameIn(constants))};`,
    '',
    docComment([`A valid ${older} with every field.`], ''),
    `export const ${names.sample}: ${names.type} = ${literal(sample)};`,
    '',
  );
  const known = shared.checks(printer, model.schema);
  const { check, shape } = createValidatorEmitter(printer).emit(names.type, schema, known);
  print(
    docComment(
      [`Whether a value is a {@link ${names.type}}; unknown fields pass. Never throws.`],
      '',
    ),
    ...guard(names.is, names.type, check),
  );

  const nextType = useType(next.type, `./${next.file}`);
  const payload =
    envelope.length === 0
      ? nextType
      : `Omit<${nextType}, ${envelope.map(stringLiteral).join(' | ')}>`;
  const convert = printer.scope.claim('upcast');
  print(
    docComment([`The payload of the next major. The envelope stays as it is.`], ''),
    `const ${convert}: (`,
    `  old: ${names.type},`,
    `) => ${payload} =`,
    `  ${upcastSource(upcast, sample, source)};`,
    '',
    docComment([`${model.description} As major ${majorOf(version)} had it.`], ''),
    `export const ${names.contract}: ${useType('OlderContract', '../contract.ts')}<${names.type}> = {`,
    `  type: ${literal(type)},`,
    `  version: ${literal(version)},`,
    `  description: ${literal(model.description)},`,
    `  sample: ${names.sample},`,
    `  is: ${names.is},`,
    `  explain: (value) => ${use('explain', '../explain.ts')}(${shape}, value),`,
    `  envelope: ${literal(envelope)},`,
    convert === 'upcast' ? '  upcast,' : `  upcast: ${convert},`,
    '};',
  );
  return {
    content: printer.toString(),
    exports: { type: source, values, roots: [names.type], records: types.records() },
  };
}
