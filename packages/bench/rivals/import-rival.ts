/**
 * Imports a rival as this folder sees it. The caller writes down the part of its types that it
 * uses, because the type checker also runs where the rivals are not installed.
 */
export async function importRival<Module>(specifier: string): Promise<Module> {
  // oxlint-disable-next-line typescript/no-unsafe-assignment -- see above
  const module: Module = await import(specifier);
  return module;
}
