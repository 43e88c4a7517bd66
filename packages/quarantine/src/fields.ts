/** The result of reading an untrusted text. */
export type Parsed<Document> =
  | { readonly ok: true; readonly document: Document }
  | { readonly ok: false; readonly message: string };

class FieldError extends Error {}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Runs a reader over a JSON text. Only what {@link Fields} reports becomes `ok: false`; a mistake
 * in the reader itself still throws.
 */
export function parseJson<Document>(
  text: string,
  read: (fields: Fields) => Document,
): Parsed<Document> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, message: `not JSON: ${error.message}` };
  }
  try {
    return { ok: true, document: read(new Fields(value, '')) };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return { ok: false, message: error.message };
  }
}

/** Reads the fields of one JSON object; unknown fields are left alone. */
export class Fields {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (!isObject(value)) {
      throw new FieldError(`${path === '' ? 'the document' : path} must be an object`);
    }
    this.#object = value;
    this.#path = path;
  }

  has(name: string): boolean {
    const value = this.#value(name);
    return value !== undefined && value !== null;
  }

  text(name: string): string {
    const value = this.#value(name);
    return typeof value === 'string' ? value : this.fail(name, 'a string');
  }

  matching(name: string, pattern: RegExp, expected: string): string {
    const value = this.text(name);
    return pattern.test(value) ? value : this.fail(name, expected);
  }

  oneOf<Value extends string | number>(name: string, values: readonly Value[]): Value {
    const value = this.#value(name);
    const found = values.find((candidate) => candidate === value);
    return (
      found ?? this.fail(name, values.map((candidate) => JSON.stringify(candidate)).join(' or '))
    );
  }

  /** A whole number from 0. */
  count(name: string): number {
    const value = this.#value(name);
    return isCount(value) ? value : this.fail(name, 'a whole number from 0');
  }

  /** `0` or up to 129 digits, as the Kinesis API has it. */
  sequenceNumber(name: string): string {
    return this.matching(name, /^(?:0|[1-9]\d{0,128})$/, 'a sequence number');
  }

  /** Up to 128 characters, as the Kinesis API has it. */
  shardId(name: string): string {
    return this.matching(name, /^[^]{1,128}$/, 'a shard id of 1 to 128 characters');
  }

  /** An instant in time in any form that `Date` reads, returned as ISO 8601 in UTC. */
  instant(name: string): string {
    const time = Date.parse(this.text(name));
    return Number.isNaN(time)
      ? this.fail(name, 'an instant in time')
      : new Date(time).toISOString();
  }

  /** The same, but undefined when it is missing or no time: for what is only nice to know. */
  instantIfAny(name: string): string | undefined {
    const value = this.#value(name);
    const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(time) ? undefined : new Date(time).toISOString();
  }

  textIfAny(name: string): string | undefined {
    const value = this.#value(name);
    return typeof value === 'string' ? value : undefined;
  }

  countIfAny(name: string): number | undefined {
    const value = this.#value(name);
    return isCount(value) ? value : undefined;
  }

  base64(name: string): string {
    const value = this.text(name);
    // Node's decoder skips what it cannot read, so only the way back proves the text.
    return Buffer.from(value, 'base64').toString('base64') === value
      ? value
      : this.fail(name, 'base64');
  }

  object(name: string): Fields {
    return new Fields(this.#value(name), `${this.#path}/${name}`);
  }

  /** The objects of an array; none when the field is absent. */
  objects<Item>(name: string, read: (fields: Fields) => Item): readonly Item[] {
    if (!this.has(name)) return [];
    const value = this.#value(name);
    if (!Array.isArray(value)) return this.fail(name, 'an array');
    return value.map((item, index) => read(new Fields(item, `${this.#path}/${name}/${index}`)));
  }

  /** Ends the reading with a message about one field. */
  fail(name: string, expected: string): never {
    throw new FieldError(`${this.#path}/${name} must be ${expected}`);
  }

  #value(name: string): unknown {
    return this.#object[name];
  }
}
