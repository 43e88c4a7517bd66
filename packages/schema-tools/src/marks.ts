import { type Deprecatable, deprecationKeywords } from './deprecation.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * What a value can tell about a person. The kinds follow the terms of the GDPR, because they decide
 * what must happen to a value: who may see it, what an export masks, what a request for erasure
 * reaches. In order of how near they come to a person:
 *
 * - `none`: nothing of a person, neither alone nor beside other fields: a product, a currency.
 * - `incidental`: nothing when all is well, but nobody can promise it, because others write the text:
 *   the query of a URL may carry an e-mail address, the title of a page a name.
 * - `indirect`: singles a person or device out beside other fields (Recital 30): the browser, the
 *   language, the place, the age.
 * - `pseudonym`: stands for a person, a device, a visit or an order, and names it together with what
 *   another store knows (Art. 4(5)): a user id, a session id, an order id.
 * - `direct`: names or reaches a person without any other store (Art. 4(1)): a name, an e-mail address, a
 *   phone number.
 * - `sensitive`: of a special category (Art. 9), such as health or belief, or a secret, such as a
 *   payment card or a password. Think twice whether an event is the place.
 *
 * Source: {@link https://eur-lex.europa.eu/eli/reg/2016/679/oj | Regulation (EU) 2016/679}.
 */
export const PII_KINDS = [
  'none',
  'incidental',
  'indirect',
  'pseudonym',
  'direct',
  'sensitive',
] as const;

/** One of {@link PII_KINDS}. */
export type Pii = (typeof PII_KINDS)[number];

/** An exception from one lint rule, for one event or field. */
export interface LintException {
  /** The id of the rule; `pnpm schemas lint --rules` lists them. */
  readonly rule: string;
  /** Why the rule does not hold here. */
  readonly reason: string;
  /** The last day of the exception, such as `2027-03-01`, in UTC: the day to think again. */
  readonly until: string;
}

/** What may be excepted from lint rules. */
export interface Lintable {
  /** Exceptions from lint rules for this place alone, not for what lies inside it. */
  readonly lint?: readonly LintException[];
}

/** What may be said of a field that holds a value. */
export interface Marks extends Lintable, Deprecatable {
  /** What the value can tell about a person; see {@link PII_KINDS}. Lint asks for it on every value. */
  readonly pii?: Pii;
}

/** The marks as annotations of a JSON Schema. */
export function marks({ deprecated, lint, pii }: Marks): Record<string, unknown> {
  return {
    ...deprecationKeywords(deprecated),
    ...(pii === undefined ? {} : { 'x-pii': pii }),
    ...(lint === undefined ? {} : { 'x-lint-ignore': lint.map((exception) => ({ ...exception })) }),
  };
}

/** The schema with no exceptions from lint rules in it. */
export function withoutExceptions(schema: JsonSchema): JsonSchema {
  const { 'x-lint-ignore': _, items, properties, ...rest } = schema;
  return {
    ...rest,
    ...(items === undefined ? {} : { items: inside(items) }),
    ...(isSchema(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, field]) => [name, inside(field)]),
          ),
        }
      : {}),
  };
}

function inside(value: unknown): unknown {
  return isSchema(value) ? withoutExceptions(value) : value;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
