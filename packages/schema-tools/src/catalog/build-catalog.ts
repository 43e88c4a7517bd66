import { canonicalJson } from '../json-schema.ts';
import { asyncApi } from './async-api.ts';
import { catalogEvents } from './catalog-events.ts';
import type { CatalogInput } from './catalog-input.ts';
import { eventPage } from './event-page.ts';
import { renderPage, type Site } from './layout.ts';
import { overviewPage } from './overview-page.ts';
import { personalDataPage } from './personal-data-page.ts';
import { schemaFile } from './schema-files.ts';
import { searchIndex } from './search-index.ts';

/**
 * The whole site but its style and scripts, which are the same for all: pages, the search index,
 * `asyncapi.json`, and every schema at the path of its `$id`. Pure: the same input gives the same
 * bytes.
 *
 * @returns content by path relative to the root of the site, sorted by path.
 * @throws {@link SchemaError} `unsupported_schema`
 */
export function buildCatalog(input: CatalogInput): Map<string, string> {
  const events = catalogEvents(input);
  const site: Site = {
    title: input.title,
    events: events.map(({ page, label, deprecated, isNewest }) => ({
      file: page,
      label,
      deprecated,
      nested: !isNewest,
    })),
  };
  const pages = [
    overviewPage(input, events),
    personalDataPage(events),
    ...events.map((event) => eventPage(event, events)),
  ];
  // What was released is what its address says, whatever the working schema is by now.
  const schemas = [
    ...input.models.flatMap(({ schema, inputSchema }) => [schema, inputSchema]),
    ...input.released.map(({ schema }) => schema),
  ];
  const files = [
    ...schemas.map((schema) => [schemaFile(schema), canonicalJson(schema)] as const),
    ...pages.map((page) => [page.file, renderPage(site, page)] as const),
    ['asyncapi.json', `${JSON.stringify(asyncApi(input), null, 2)}\n`] as const,
    ['assets/search-index.js', searchIndex(events)] as const,
  ];
  return new Map(files.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
