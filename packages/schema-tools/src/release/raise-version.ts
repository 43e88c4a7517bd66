import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What became of an attempt to raise a version in a definition. */
export type Raised =
  | { readonly ok: true; readonly file: string }
  | { readonly ok: false; readonly message: string };

/**
 * Raises the version that a definition states, when the source leaves no doubt: in all modules of
 * the folder there is exactly one `type: '<event>'` with `version: '<from>'` right before or after
 * it. Anything else is for the author to change.
 *
 * @param folder - where the events are defined; read with its subfolders.
 * @returns the file, relative to the folder, or what to do by hand.
 */
export async function raiseVersion(
  folder: string,
  event: { readonly type: string; readonly from: string; readonly to: string },
): Promise<Raised> {
  const { type, from, to } = event;
  const found: { file: string; source: string; at: number }[] = [];
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const source = await readFile(path.join(folder, file), 'utf8');
    found.push(...findVersions(source, type, from).map((at) => ({ file, source, at })));
  }
  const [only, ...more] = found;
  if (only === undefined || more.length > 0) {
    const message = `Write \`version: '${to}'\` into the definition of ${type} that says ${from}.`;
    return { ok: false, message };
  }
  const { file, source, at } = only;
  await writeFile(
    path.join(folder, file),
    source.slice(0, at) + to + source.slice(at + from.length),
  );
  return { ok: true, file: file.replaceAll(path.sep, '/') };
}

/** Where the version stands in the source, for every definition that matches. */
function findVersions(source: string, type: string, version: string): number[] {
  const typed = `\\btype: ['"]${type}['"]`;
  const versioned = `\\bversion: ['"]${version.replaceAll('.', '\\.')}['"]`;
  return [`${typed},\\s*${versioned}`, `${versioned},\\s*${typed}`].flatMap((pattern) =>
    Array.from(
      source.matchAll(new RegExp(pattern, 'g')),
      ({ index, 0: text }) => index + text.indexOf(version, text.indexOf('version: ')),
    ),
  );
}
