/** A promise to remove something. It is kept in the schema until then, so nothing breaks before. */
export interface Deprecation {
  /** The version that announced it: `1.1.0`. */
  readonly since: string;
  /** The first version without it, that of a later major: `2.0.0`. */
  readonly removeIn: string;
  /** What takes its place: a field beside it or of the event; for an event, another event. */
  readonly use?: string;
}

/** What may be deprecated. */
export interface Deprecatable {
  /** On its way out: writers are warned in the editor and counted, readers go on reading it. */
  readonly deprecated?: Deprecation;
}

/** As JSON Schema: the standard annotation, and what it does not say. */
export function deprecationKeywords(
  deprecation: Deprecation | undefined,
): Readonly<Record<string, unknown>> {
  if (deprecation === undefined) return {};
  const { since, removeIn, use } = deprecation;
  return {
    deprecated: true,
    'x-deprecated': { since, removeIn, ...(use === undefined ? {} : { use }) },
  };
}
