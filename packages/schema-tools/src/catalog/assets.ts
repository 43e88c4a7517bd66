import { readFile } from 'node:fs/promises';

const FOLDER = new URL('../../assets/catalog/', import.meta.url);
const NAMES = ['catalog.css', 'catalog.js', 'catalog.svg', 'theme.js'] as const;

/** What all catalogs have in common, by path relative to the root of the site. */
export async function catalogAssets(): Promise<Map<string, string>> {
  const read = async (name: string) =>
    [`assets/${name}`, await readFile(new URL(name, FOLDER), 'utf8')] as const;
  return new Map(await Promise.all(NAMES.map(read)));
}
