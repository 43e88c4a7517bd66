import type { JsonSchema } from '@clickstream/events';
import { importRival } from '../../../rivals/import-rival.ts';
import type { Arm } from '../arms.ts';
import { formats } from '../formats.ts';
import { type Build, buildWith } from '../schema-builder.ts';

interface ZodType {
  min(limit: number): ZodType;
  max(limit: number): ZodType;
  regex(pattern: RegExp): ZodType;
  int(): ZodType;
  refine(check: (value: never) => boolean): ZodType;
  optional(): ZodType;
  safeParse(value: unknown): { readonly success: boolean };
}
interface ZodModule {
  string(): ZodType;
  number(): ZodType;
  boolean(): ZodType;
  literal(value: unknown): ZodType;
  enum(values: readonly unknown[]): ZodType;
  array(item: ZodType): ZodType;
  looseObject(fields: Record<string, ZodType>): ZodType;
  strictObject(fields: Record<string, ZodType>): ZodType;
  discriminatedUnion(field: string, types: readonly ZodType[]): ZodType;
}

/** Zod 4 as its users write it; it compiles objects at run time with `new Function`. */
export const zodObject: Arm = async ({ schema }) => {
  const { typeOf } = await zodTypes();
  const type = typeOf(schema);
  return (value) => type.safeParse(value).success;
};

/** Zod, and the type that its users would write for a schema. */
export async function zodTypes(): Promise<{
  readonly zod: ZodModule;
  readonly typeOf: (schema: JsonSchema) => ZodType;
}> {
  const z = await importRival<ZodModule>('zod');
  const build: Build<ZodType> = {
    constant: (value) => z.literal(value),
    choice: (values) => z.enum(values),
    boolean: () => z.boolean(),
    string({ minLength, maxLength, pattern, format }) {
      let type = z.string();
      if (minLength !== undefined) type = type.min(minLength);
      if (maxLength !== undefined) type = type.max(maxLength);
      if (pattern !== undefined) type = type.regex(pattern);
      return format === undefined ? type : type.refine(formats[format]);
    },
    number({ isInteger, minimum, maximum, isMultiple }) {
      let type = isInteger ? z.number().int() : z.number();
      if (minimum !== undefined) type = type.min(minimum);
      if (maximum !== undefined) type = type.max(maximum);
      return isMultiple === undefined ? type : type.refine(isMultiple);
    },
    array: (item, { minItems, maxItems }) => z.array(item).min(minItems).max(maxItems),
    object(fields, isClosed) {
      const shape = Object.fromEntries(
        fields.map(
          ({ name, type, isRequired }) => [name, isRequired ? type : type.optional()] as const,
        ),
      );
      return isClosed ? z.strictObject(shape) : z.looseObject(shape);
    },
  };
  return { zod: z, typeOf: (schema) => buildWith(build, schema) };
}
