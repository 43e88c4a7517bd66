import type { JsonSchema } from '../json-schema.ts';

/**
 * Where the site has a schema: at the path of its `$id`, so that the site, put where the base URI
 * points, serves every schema at its address.
 */
export function schemaFile(schema: JsonSchema): string {
  // As a URL is written: `..` is resolved, and what is percent-encoded stays so.
  return new URL(String(schema['$id'])).pathname.replace(/^\/+/, '');
}
