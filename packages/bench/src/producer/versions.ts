import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { RIVALS } from '../rivals.ts';
import { arms } from './arms.ts';

/** Versions of the packages that these arms are made of; their rivals are installed. */
export async function versions(
  chosen: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const ours = ['@clickstream/producer', '@aws-sdk/client-kinesis', '@smithy/signature-v4'];
  const found: Record<string, string> = {};
  for (const name of ours) found[name] = await versionOf(name, import.meta.url);
  const fromRivals = pathToFileURL(path.join(RIVALS, 'package.json'));
  for (const name of chosen) {
    const rival = arms[name]?.rival;
    if (rival !== undefined) found[rival] = await versionOf(rival, fromRivals);
  }
  return found;
}

async function versionOf(name: string, from: string | URL): Promise<string> {
  const file = findPackageJSON(name, from);
  if (file === undefined) return 'not installed';
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- npm requires the field
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}
