import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';

/** Versions of the packages that the arms are made of. */
export async function versions(): Promise<Readonly<Record<string, string>>> {
  const names = ['@clickstream/producer', '@aws-sdk/client-kinesis', '@smithy/signature-v4'];
  const found: Record<string, string> = {};
  for (const name of names) found[name] = await versionOf(name, import.meta.url);
  return found;
}

async function versionOf(name: string, from: string): Promise<string> {
  const file = findPackageJSON(name, from);
  if (file === undefined) return 'not installed';
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- npm requires the field
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}
