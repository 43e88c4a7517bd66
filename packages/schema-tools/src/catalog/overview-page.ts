import { type CatalogEvent, heaviestPii } from './catalog-events.ts';
import type { CatalogInput } from './catalog-input.ts';
import { plural } from './field-list.ts';
import { flatten } from './field-tree.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';
import { heading, piiBadge, prose } from './parts.ts';
import { schemaFile } from './schema-files.ts';

/** The first page: all events, and the files for machines. */
export function overviewPage(input: CatalogInput, events: readonly CatalogEvent[]): Page {
  const newest = events.filter(({ isNewest }) => isNewest);
  const types = new Set(events.map(({ model }) => model.type));
  const gone = input.released.filter(({ type }) => !types.has(type));
  const own = newest.flatMap((event) => flatten(event.own)).length;
  const shared = flatten(newest[0]?.shared ?? []).length;
  const content = html`<p class="kicker">Catalog</p>
<h1>${input.title}</h1>
<p class="lede">What happens in the shop, as the stream tells it: ${plural(newest.length, 'event')} with ${plural(own, 'field')} of their own and ${shared} in common.</p>
${heading('events', 'Events')}
<ul class="cards">${newest.map((event) => {
    const { model, page, owner, deprecated, own: fields, reserved, history } = event;
    const pii = heaviestPii(event);
    return html`<li class="card${deprecated && ' deprecated'}">
<h3><a href="${page}"><code>${model.type}</code></a> ${deprecated && html`<span class="state" data-state="edited">deprecated</span>`}</h3>
<p>${prose(model.description)}</p>
<ul class="preview">${fields.map(({ name, required }) => html`<li class="${required ? 'required' : ''}"><code>${name}</code></li>`)}</ul>
<p class="facts"><span><span class="quiet">version</span> ${model.version}</span><span><span class="quiet">owner</span> ${owner ?? 'nobody yet'}</span>${history.length > 1 && html`<span>${plural(history.length, 'version')} so far</span>`}${reserved.length > 0 && html`<span>${plural(reserved.length, 'reserved name')}</span>`}${pii !== undefined && html`<span><span class="quiet">personal data</span> ${piiBadge(pii)}</span>`}</p>
</li>`;
  })}</ul>
${heading('machines', 'For machines')}
<ul class="files">
<li><a href="asyncapi.json">asyncapi.json</a> <span class="quiet">AsyncAPI 3.0: the stream, who sends and who receives, every message</span></li>
${events.map(({ model, label }) => html`<li><a href="${schemaFile(model.schema)}">${schemaFile(model.schema)}</a> <span class="quiet">JSON Schema of <code>${label}</code> ${model.version}</span></li>`)}
</ul>
${(gone.length > 0 || input.reserved.length > 0) && heading('gone', 'No longer there')}
${input.reserved.length > 0 && html`<p class="reserved"><strong>Never used again:</strong> ${input.reserved.map((type) => html`<code>${type}</code> `)}</p>`}
${gone.length > 0 && html`<ul class="files">${gone.map(({ type, version, schema }) => html`<li><a href="${schemaFile(schema)}"><code>${type}</code> ${version}</a></li>`)}</ul>`}`;
  return { file: 'index.html', title: input.title, content };
}
