import { createScope, propertyKey, type Scope, stringLiteral } from './names.ts';

const WIDTH = 100;
/** Room for what stands before a literal on its line. */
const SHORT = 70;

/** Collects the lines of one file, its imports, and the names in it. */
export interface Printer {
  readonly scope: Scope;
  /** Appends lines; a line may contain line breaks. */
  readonly print: (...lines: readonly string[]) => void;
  /** Imports a value and returns its name in this file. */
  readonly use: (name: string, from: string) => string;
  /** Imports a type and returns its name in this file. */
  readonly useType: (name: string, from: string) => string;
  /** The whole file. */
  readonly toString: () => string;
}

/** By exported name: what it is called here, and whether only its type is used. */
type ImportedNames = Map<string, { readonly name: string; readonly isType: boolean }>;

/** @param header - comment lines that say where the file comes from. */
export function createPrinter(header: readonly string[]): Printer {
  const scope = createScope();
  const lines: string[] = [];
  const imports = new Map<string, ImportedNames>();

  const claim = (name: string, from: string, isType: boolean): string => {
    const names: ImportedNames = imports.get(from) ?? new Map();
    imports.set(from, names);
    const known = names.get(name);
    const local = known?.name ?? scope.claim(name);
    names.set(name, { name: local, isType: isType && (known?.isType ?? true) });
    return local;
  };

  return {
    scope,
    print: (...added) => void lines.push(...added),
    use: (name, from) => claim(name, from, false),
    useType: (name, from) => claim(name, from, true),
    toString() {
      const statements = [...imports.entries()]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([from, names]) => importStatement(from, names));
      const parts = [
        header.map((line) => `// ${line}`).join('\n'),
        statements.join('\n'),
        lines.join('\n').trim(),
      ];
      return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
    },
  };
}

function importStatement(from: string, names: ImportedNames): string {
  const entries = [...names.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const onlyTypes = entries.every(([, { isType }]) => isType);
  const specifiers = entries.map(
    ([name, local]) =>
      (local.isType && !onlyTypes ? 'type ' : '') +
      (local.name === name ? name : `${name} as ${local.name}`),
  );
  return list(`import ${onlyTypes ? 'type ' : ''}{`, specifiers, `} from '${from}';`, '');
}

/** `open a, b close` on one line if it fits, else one item a line. */
export function list(
  open: string,
  items: readonly string[],
  close: string,
  indent: string,
): string {
  const line = `${indent}${open} ${items.join(', ')} ${close}`;
  if (line.length <= WIDTH) return line;
  return `${indent}${open}\n${items.map((item) => `${indent}  ${item},`).join('\n')}\n${indent}${close}`;
}

/** Items joined by an operator, broken before the line gets too long; the first line has no indent. */
export function joined(items: readonly string[], operator: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line === '') line = item;
    else if (indent.length + line.length + item.length + 2 * operator.length + 2 <= WIDTH) {
      line += ` ${operator} ${item}`;
    } else {
      lines.push(`${line} ${operator}`);
      line = item;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}

/**
 * A JSON value as TypeScript source.
 *
 * @param instead - the text for a value that is written in another way, such as the name of a
 *   constant.
 */
export function literal(
  value: unknown,
  indent = '',
  instead: (value: unknown) => string | undefined = () => undefined,
): string {
  const text = instead(value);
  if (text !== undefined) return text;
  if (typeof value === 'string') return stringLiteral(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, inner, instead));
    return bracketed('[', items, ']', indent);
  }
  const members = Object.entries(value).map(
    ([key, member]) => `${propertyKey(key)}: ${literal(member, inner, instead)}`,
  );
  return bracketed('{', members, '}', indent);
}

/** The name of the constant that stands for a value, by its JSON text. */
export function nameIn(
  constants: ReadonlyMap<string, string>,
): (value: unknown) => string | undefined {
  return (value) => (constants.size === 0 ? undefined : constants.get(JSON.stringify(value)));
}

/** Short lists and objects stand on one line. */
function bracketed(open: string, items: readonly string[], close: string, indent: string): string {
  if (items.length === 0) return open + close;
  const space = open === '{' ? ' ' : '';
  const line = `${open}${space}${items.join(', ')}${space}${close}`;
  if (!line.includes('\n') && indent.length + line.length <= SHORT) return line;
  return `${open}\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}${close}`;
}

/** A TSDoc comment. */
export function docComment(paragraphs: readonly string[], indent: string): string {
  const safe = paragraphs.map((paragraph) =>
    paragraph.replaceAll('*/', '*\\/').replace(/\s+/g, ' '),
  );
  const [only] = safe;
  if (only !== undefined && safe.length === 1 && indent.length + only.length + 7 <= WIDTH) {
    return `${indent}/** ${only} */`;
  }
  const lines = safe.flatMap((paragraph, index) => [
    ...(index === 0 ? [] : [`${indent} *`]),
    ...wrapped(paragraph, WIDTH - indent.length - 3).map((line) => `${indent} * ${line}`),
  ]);
  return [`${indent}/**`, ...lines, `${indent} */`].join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
