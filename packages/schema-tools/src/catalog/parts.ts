import type { JsonSchema } from '../json-schema.ts';
import { isSchema, textOf } from './field-tree.ts';
import { highlight } from './highlight.ts';
import { type Child, type Html, html } from './html.ts';

/** Text with `code` between backticks, as descriptions have it. */
export function prose(text: string): Child {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? html`<code>${part.slice(1, -1)}</code>` : part));
}

/** Code with a name and a button that copies it. */
export function codeBlock(label: string, code: string): Html {
  return html`<figure class="code">
<figcaption><span>${label}</span><button class="copy" type="button" hidden aria-label="Copy: ${label}">Copy</button></figcaption>
<pre tabindex="0" role="region" aria-label="${label}"><code>${highlight(code.trimEnd())}</code></pre>
</figure>`;
}

/** A heading that can be linked to. */
export function heading(id: string, label: string): Html {
  return html`<h2 id="${id}"><a class="anchor" href="#${id}">${label}</a></h2>`;
}

const PII: Readonly<Record<string, string>> = {
  none: 'nothing of a person',
  incidental: 'nothing when all is well, but others write the text',
  indirect: 'singles a person or device out beside other fields',
  pseudonym: 'stands for a person, device, visit or order',
  direct: 'names or reaches a person',
  sensitive: 'of a special category, or a secret',
};

/** The kinds of personal data in order, with what each means. */
export const PII_MEANINGS: readonly (readonly [string, string])[] = Object.entries(PII);

/** What `x-pii` says; undefined when it is not marked. */
export function piiOf(schema: JsonSchema): string | undefined {
  return textOf(schema, 'x-pii');
}

/** How much a mark weighs: `none` 0, `sensitive` 5; what is not known weighs most. */
export function piiWeight(kind: string): number {
  const weight = Object.keys(PII).indexOf(kind);
  return weight === -1 ? Object.keys(PII).length : weight;
}

export function piiBadge(kind: string | undefined): Html | false {
  if (kind === undefined) return false;
  return html`<span class="pii" data-kind="${Object.hasOwn(PII, kind) ? kind : 'other'}" title="Personal data: ${PII[kind] ?? kind}">${kind === 'none' ? 'no personal data' : kind}</span>`;
}

/** What a deprecation says, with a link to what takes its place when `linkTo` knows it. */
export function deprecation(
  schema: JsonSchema,
  linkTo: (name: string) => string | undefined,
): Html | false {
  if (schema['deprecated'] !== true) return false;
  const about = isSchema(schema['x-deprecated']) ? schema['x-deprecated'] : {};
  const [since, removeIn, use] = ['since', 'removeIn', 'use'].map((name) => textOf(about, name));
  const target = use === undefined ? undefined : linkTo(use);
  const name = use !== undefined && html`<code>${use}</code>`;
  return html`<p class="deprecation"><strong>Deprecated${since !== undefined && ` since ${since}`}</strong>${
    removeIn !== undefined && `, to be removed in ${removeIn}`
  }.${use !== undefined && html` Use ${target === undefined ? name : html`<a href="${target}">${name}</a>`} instead.`}</p>`;
}

/** A value of JSON on one line. */
export function inlineJson(value: unknown): Html {
  return html`<code class="example">${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;
}
