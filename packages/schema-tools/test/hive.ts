import type { HiveSQL } from 'dt-sql-parser';
import { build } from 'esbuild';

/**
 * The grammar of Hive, in which Athena takes DDL. The package imports folders, which bundlers know
 * and Node does not, so it is bundled first.
 */
export async function createHiveParser(): Promise<Pick<HiveSQL, 'validate'>> {
  const result = await build({
    stdin: {
      contents: `export { HiveSQL } from 'dt-sql-parser/dist/parser/hive';`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'silent',
  });
  const code = Buffer.from(result.outputFiles[0]?.contents ?? []).toString('base64');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package as bundled above
  const module = (await import(`data:text/javascript;base64,${code}`)) as {
    readonly HiveSQL: new () => HiveSQL;
  };
  return new module.HiveSQL();
}
