/** `page_view` → `PageView`. */
export function pascalCase(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** `page_view` → `pageView`. */
export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** `PageView` → `PAGE_VIEW`. */
export function constantCase(pascalName: string): string {
  return pascalName.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
}

/** `page_view` → `page-view`. */
export function kebabCase(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '-');
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A property name as it stands in an object literal or an interface. */
export function propertyKey(name: string): string {
  return IDENTIFIER.test(name) ? name : stringLiteral(name);
}

/** What JSON and a literal in single quotes write alike, and neither escapes. */
const PLAIN = /^[ !#-&(-[\]-~]*$/;

export function stringLiteral(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`;
  const body = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${body}'`;
}

const RESERVED_WORDS = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval
  export extends false finally for function if implements import in instanceof interface let new null
  package private protected public return static super switch this throw true try typeof undefined var
  void while with yield`.split(/\s+/),
);

/** Names that are taken, so that no two things get one name. */
export interface Scope {
  /** The wanted name, or the nearest free one. */
  readonly claim: (wanted: string) => string;
  /** A scope inside this one: what is taken out here is taken in there. */
  readonly child: () => Scope;
}

export function createScope(outer: ReadonlySet<string> = RESERVED_WORDS): Scope {
  const taken = new Set(outer);
  return {
    claim(wanted) {
      const base = wanted.replace(/[^\w$]/g, '_').replace(/^(?=\d|$)/, '_');
      let name = base;
      for (let suffix = 2; taken.has(name); suffix += 1) {
        name = taken.has(`${base}_`) ? `${base}_${suffix}` : `${base}_`;
      }
      taken.add(name);
      return name;
    },
    child: () => createScope(taken),
  };
}
