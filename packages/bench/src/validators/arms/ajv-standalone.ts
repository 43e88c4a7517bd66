import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { importRival } from '../../../rivals/import-rival.ts';
import { RIVALS } from '../../rivals.ts';
import type { Arm, Check } from '../arms.ts';
import { formats } from '../formats.ts';

interface Ajv {
  addFormat(name: string, check: (text: string) => boolean): void;
  compile(schema: object): Check;
}
interface AjvModule {
  readonly default: { readonly default: new (options: object) => Ajv };
}
interface CodegenModule {
  readonly _: (code: TemplateStringsArray, ...values: string[]) => unknown;
}
interface StandaloneModule {
  readonly default: { readonly default: (ajv: Ajv, check: Check) => string };
}

const FORMATS = path.resolve(import.meta.dirname, '../formats.ts');
const OUTPUT = path.join(RIVALS, 'node_modules/.standalone');

/**
 * Code that ajv generates ahead of time, with the very format functions of the generated
 * validators. `multipleOf` needs a precision, or 39.98 is no multiple of 0.0001.
 */
export const ajvStandalone: Arm = async ({ name: caseName, schema }) => {
  const { default: ajvModule } = await importRival<AjvModule>('ajv/dist/2020.js');
  const { default: standalone } = await importRival<StandaloneModule>(
    'ajv/dist/standalone/index.js',
  );
  const { _ } = await importRival<CodegenModule>('ajv/dist/compile/codegen/index.js');
  const ajv = new ajvModule.default({
    code: { source: true, formats: _`require(${FORMATS}).formats` },
    multipleOfPrecision: 6,
    strict: false,
  });
  for (const [name, check] of Object.entries(formats)) ajv.addFormat(name, check);
  const code = standalone.default(ajv, ajv.compile(schema));
  await mkdir(OUTPUT, { recursive: true });
  const file = path.join(OUTPUT, `${caseName.replaceAll(' ', '-')}.cjs`);
  await writeFile(file, code);
  const module = await importRival<{ readonly default: Check }>(pathToFileURL(file).href);
  return module.default;
};
