import type { CatalogEvent } from './catalog-events.ts';
import { fieldAnchor, flatten, textOf } from './field-tree.ts';

/** What can be found: `[name, where it is, what it means, link]`. Short, because pages load it. */
type SearchEntry = readonly [name: string, context: string, meaning: string, link: string];

/**
 * The index as a script, because a page on a disk may load scripts and nothing else.
 * `<` is escaped, so that the file is safe wherever it is pasted.
 */
export function searchIndex(events: readonly CatalogEvent[]): string {
  const json = JSON.stringify(searchEntries(events)).replaceAll('<', '\\u003c');
  return `globalThis.searchIndex = ${json};\n`;
}

function searchEntries(events: readonly CatalogEvent[]): SearchEntry[] {
  const seen = new Set<string>();
  return events.flatMap(({ model, label, page, own, shared, owner }) => {
    const event: SearchEntry = [label, owner ?? '', model.description, page];
    const fields = flatten([...own, ...shared]).flatMap((field): SearchEntry[] => {
      const meaning = textOf(field.schema, 'description') ?? '';
      // A field that all events share is found once.
      const isShared = shared.some(({ name }) => name === field.path.split(/[.[]/)[0]);
      const key = JSON.stringify([field.path, meaning]);
      if (isShared && seen.has(key)) return [];
      if (isShared) seen.add(key);
      const context = isShared ? 'every event' : label;
      return [[field.path, context, meaning, `${page}#${fieldAnchor(field.path)}`]];
    });
    return [event, ...fields];
  });
}
