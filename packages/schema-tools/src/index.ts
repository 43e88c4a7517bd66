export { composeEvents } from './compose.ts';
export {
  defineEvent,
  defineRegistry,
  type EnvelopeDefinition,
  type EventDefinition,
  type Fields,
  type Registry,
  type RetiredMajor,
} from './define.ts';
export type { Deprecatable, Deprecation } from './deprecation.ts';
export { SchemaError, type SchemaErrorCode } from './errors.ts';
export {
  type About,
  choice,
  constant,
  count,
  currency,
  decimal,
  flag,
  identifier,
  list,
  openChoice,
  optional,
  record,
  type TextBounds,
  text,
  timestamp,
  traceparent,
  url,
  uuidV7,
  versionOfMajor,
} from './fields.ts';
export { type Breakage, type Fixtures, fixturesOf } from './fixtures/fixtures.ts';
export type { Rule } from './fixtures/rules.ts';
export { createValues } from './fixtures/values.ts';
export { generate } from './generate.ts';
export { canonicalJson, type EventModel, type JsonSchema, writerSchema } from './json-schema.ts';
export { groupMajors, type Majors, majorOf } from './majors.ts';
export type { Lintable, LintException, Marks, Pii } from './marks.ts';
export { defineUpcast, type PayloadOf, type UpcastDefinition } from './upcast.ts';
