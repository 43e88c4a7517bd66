import type { CatalogEvent } from './catalog-events.ts';
import { type FieldNode, fieldAnchor, flatten, textOf } from './field-tree.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';
import { PII_MEANINGS, piiBadge, piiOf, piiWeight, prose } from './parts.ts';

/** Fields of one path and one mark, wherever they are. */
interface Marked {
  readonly field: FieldNode;
  readonly kind: string | undefined;
  readonly events: readonly CatalogEvent[];
}

/** Which field tells what about a person: for whoever masks, exports or erases. */
export function personalDataPage(events: readonly CatalogEvent[]): Page {
  const rows = markedFields(events);
  const shown = rows.filter(({ kind }) => kind !== 'none');
  const content = html`<p class="kicker">Catalog</p>
<h1>Personal data</h1>
<p class="lede">What each field can tell about a person, what weighs most first. ${rows.length - shown.length} fields that tell nothing are left out.</p>
<dl class="legend">${PII_MEANINGS.map(([kind, meaning]) => html`<div><dt>${piiBadge(kind)}</dt><dd>${meaning}</dd></div>`)}</dl>
<div class="table" tabindex="0" role="region" aria-label="Fields with personal data"><table>
<thead><tr><th scope="col">Field</th><th scope="col">Kind</th><th scope="col">Meaning</th><th scope="col">Events</th></tr></thead>
<tbody>${shown.map(
    ({ field, kind, events: of }) => html`<tr><th scope="row"><code>${field.path}</code></th>
<td>${piiBadge(kind) || html`<span class="pii" data-kind="other">not marked</span>`}</td>
<td>${prose(textOf(field.schema, 'description') ?? '')}</td>
<td class="events">${of.map(({ page, label }) => html`<a href="${page}#${fieldAnchor(field.path)}"><code>${label}</code></a> `)}</td></tr>`,
  )}</tbody></table></div>`;
  return { file: 'personal-data.html', title: 'Personal data', content };
}

/** Values alone: what a list or record tells is told by what is inside. */
function markedFields(events: readonly CatalogEvent[]): Marked[] {
  const found = events.flatMap((event) =>
    flatten([...event.shared, ...event.own])
      .filter(({ children, innermost }) => children.length === 0 && !('const' in innermost))
      .map((field) => ({ field, kind: piiOf(field.schema) ?? piiOf(field.innermost), event })),
  );
  const groups = Map.groupBy(found, ({ field, kind }) =>
    JSON.stringify([field.path, kind, textOf(field.schema, 'description')]),
  );
  return [...groups.values()]
    .flatMap((group) => {
      const first = group[0];
      return first === undefined ? [] : [{ ...first, events: group.map(({ event }) => event) }];
    })
    .toSorted((a, b) => weight(b.kind) - weight(a.kind));
}

function weight(kind: string | undefined): number {
  return piiWeight(kind ?? 'not marked');
}
