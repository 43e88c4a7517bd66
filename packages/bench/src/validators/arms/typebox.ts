import { importRival } from '../../../rivals/import-rival.ts';
import type { Arm } from '../arms.ts';
import { formats } from '../formats.ts';

interface CompileModule {
  readonly Compile: (schema: object) => { Check(value: unknown): boolean };
}
interface FormatModule {
  readonly Set: (name: string, check: (text: string) => boolean) => void;
}

/** TypeBox 1.x, compiled at run time with `new Function`. */
export const typeboxCompiled: Arm = async ({ schema }) => {
  const { Compile } = await importRival<CompileModule>('typebox/compile');
  const format = await importRival<FormatModule>('typebox/format');
  for (const [name, check] of Object.entries(formats)) format.Set(name, check);
  const validator = Compile(schema);
  return (value) => validator.Check(value);
};
