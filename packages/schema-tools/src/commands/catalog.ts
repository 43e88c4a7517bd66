import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { catalogAssets } from '../catalog/assets.ts';
import { buildCatalog } from '../catalog/build-catalog.ts';
import { registryVersion } from '../catalog/registry-version.ts';
import { writeSite } from '../catalog/write-site.ts';
import { composeEvents } from '../compose.ts';
import { loadRegistry } from '../load-registry.ts';
import { RELEASED_FOLDER, readReleased } from '../released.ts';
import { type ExitCode, printJson, type Subcommand, type Terminal } from './subcommand.ts';

interface CatalogOptions {
  readonly registry: string;
  readonly out: string;
  readonly title: string;
  readonly json: boolean;
}

/** `schemas catalog` */
export const catalogCommand: Subcommand = (program, terminal, exit) => {
  program
    .command('catalog')
    .description('Build a site about the events, an AsyncAPI document, and the bare JSON Schemas.')
    .option(
      '--registry <file>',
      'module whose default export is the registry',
      'schemas/src/index.ts',
    )
    .option(
      '--out <folder>',
      'where the site goes; what it no longer has is removed',
      'dist/catalog',
    )
    .option('--title <text>', 'name of the catalog', 'Clickstream events')
    .option('--json', 'print one JSON object', false)
    .action(async (options: CatalogOptions) => exit(await runCatalog(options, terminal)));
};

async function runCatalog(options: CatalogOptions, terminal: Terminal): Promise<ExitCode> {
  const file = path.resolve(terminal.cwd, options.registry);
  const registry = await loadRegistry(file);
  const models = composeEvents(registry);
  const files = buildCatalog({
    title: options.title,
    version: await registryVersion(file),
    models,
    released: await readReleased(path.resolve(terminal.cwd, RELEASED_FOLDER)),
    retired: registry.retired ?? [],
    reserved: registry.reserved ?? [],
  });
  const folder = path.resolve(terminal.cwd, options.out);
  await writeSite(folder, new Map([...files, ...(await catalogAssets())]));
  const entry = path.join(folder, 'index.html');
  if (options.json) {
    const events = models.map(({ type, version }) => ({ type, version }));
    printJson(terminal, { ok: true, events, files: files.size, open: entry });
  } else {
    terminal.out(
      `The catalog of ${models.length} events is built. Open ${pathToFileURL(entry).href}\n`,
    );
  }
  return 0;
}
