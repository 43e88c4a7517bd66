/** What search-index.js, written by the generator, puts there before catalog.js runs. */
declare var searchIndex:
  | readonly (readonly [name: string, context: string, meaning: string, link: string])[]
  | undefined;
