/** Markup that is safe to put into a page as it is. Only {@link html} makes it. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What can stand in a template. Text is escaped; `undefined` and `false` leave no trace. */
export type Child = Html | string | number | false | undefined | readonly Child[];

/**
 * Writes markup: everything put into the template is escaped, except what is markup already. What
 * the schemas say is data, whatever it looks like.
 *
 * Attribute values must be quoted, as in `<a href="${url}">`.
 */
export function html(markup: TemplateStringsArray, ...children: readonly Child[]): Html {
  return new Html(String.raw({ raw: markup }, ...children.map(render)));
}

function render(child: Child): string {
  if (child === undefined || child === false) return '';
  if (child instanceof Html) return child.toString();
  if (typeof child === 'string') return escape(child);
  if (typeof child === 'number') return String(child);
  return child.map(render).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
