import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { catalogAssets } from '../../src/catalog/assets.ts';
import { buildCatalog } from '../../src/catalog/build-catalog.ts';
import { writeSite } from '../../src/catalog/write-site.ts';
import { catalogInput } from './events.ts';

/** A site on the disk. */
export interface LocalSite extends AsyncDisposable {
  readonly folder: string;
  /** The pages, relative to the folder. */
  readonly pages: readonly string[];
}

export async function writeTestSite(): Promise<LocalSite> {
  const folder = await mkdtemp(path.join(tmpdir(), 'catalog-'));
  const files = new Map([...buildCatalog(catalogInput()), ...(await catalogAssets())]);
  await writeSite(folder, files);
  return {
    folder,
    pages: [...files.keys()].filter((file) => file.endsWith('.html')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
