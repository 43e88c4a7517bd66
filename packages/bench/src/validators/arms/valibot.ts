import { importRival } from '../../../rivals/import-rival.ts';
import type { Arm } from '../arms.ts';
import { formats } from '../formats.ts';
import { type Build, buildWith } from '../schema-builder.ts';

type Part = unknown;
interface ValibotModule {
  string(): Part;
  number(): Part;
  boolean(): Part;
  literal(value: unknown): Part;
  picklist(values: readonly unknown[]): Part;
  array(item: Part): Part;
  looseObject(fields: Record<string, Part>): Part;
  strictObject(fields: Record<string, Part>): Part;
  optional(type: Part): Part;
  pipe(...parts: readonly Part[]): Part;
  minLength(limit: number): Part;
  maxLength(limit: number): Part;
  minValue(limit: number): Part;
  maxValue(limit: number): Part;
  integer(): Part;
  regex(pattern: RegExp): Part;
  check(check: (value: never) => boolean): Part;
  is(type: Part, value: unknown): boolean;
}

/** Valibot, with `is()`, which stops at the first issue. */
export const valibotPipe: Arm = async ({ schema }) => {
  const v = await importRival<ValibotModule>('valibot');
  const piped = (type: Part, actions: readonly Part[]): Part =>
    actions.length === 0 ? type : v.pipe(type, ...actions);
  const build: Build<Part> = {
    constant: (value) => v.literal(value),
    choice: (values) => v.picklist(values),
    boolean: () => v.boolean(),
    string: ({ minLength, maxLength, pattern, format }) =>
      piped(v.string(), [
        ...(minLength === undefined ? [] : [v.minLength(minLength)]),
        ...(maxLength === undefined ? [] : [v.maxLength(maxLength)]),
        ...(pattern === undefined ? [] : [v.regex(pattern)]),
        ...(format === undefined ? [] : [v.check(formats[format])]),
      ]),
    number: ({ isInteger, minimum, maximum, isMultiple }) =>
      piped(v.number(), [
        ...(isInteger ? [v.integer()] : []),
        ...(minimum === undefined ? [] : [v.minValue(minimum)]),
        ...(maximum === undefined ? [] : [v.maxValue(maximum)]),
        ...(isMultiple === undefined ? [] : [v.check(isMultiple)]),
      ]),
    array: (item, { minItems, maxItems }) =>
      v.pipe(v.array(item), v.minLength(minItems), v.maxLength(maxItems)),
    object(fields, isClosed) {
      const shape = Object.fromEntries(
        fields.map(
          ({ name, type, isRequired }) => [name, isRequired ? type : v.optional(type)] as const,
        ),
      );
      return isClosed ? v.strictObject(shape) : v.looseObject(shape);
    },
  };
  const type = buildWith(build, schema);
  return (value) => v.is(type, value);
};
