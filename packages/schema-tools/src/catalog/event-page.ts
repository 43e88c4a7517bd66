import type { CatalogEvent } from './catalog-events.ts';
import { fieldList, plural } from './field-list.ts';
import { type FieldNode, fieldAnchor, flatten, setBy } from './field-tree.ts';
import { historyView } from './history-view.ts';
import { type Html, html } from './html.ts';
import { type Page, relativeTo } from './layout.ts';
import { codeBlock, deprecation, heading, prose } from './parts.ts';
import { codeOf, samplesOf } from './samples.ts';
import { schemaFile } from './schema-files.ts';

const SECTIONS = [
  { id: 'fields', label: 'Fields' },
  { id: 'samples', label: 'Samples' },
  { id: 'code', label: 'Code' },
  { id: 'history', label: 'Versions' },
] as const;

/** The page of one major of one event. */
export function eventPage(event: CatalogEvent, all: readonly CatalogEvent[]): Page {
  const { model, page, own, shared, owner, reserved, retired, history, others } = event;
  const { type, version, description, schema, inputSchema } = model;
  const to = (file: string) => relativeTo(page, file);
  const samples = samplesOf(model);
  const by = (field: FieldNode) => setBy(field, inputSchema);
  const fields = [...own, ...shared];
  const anchors = new Set(flatten(fields).map(({ path }) => fieldAnchor(path)));
  const eventLink = (name: string) => {
    const found = all.find((other) => other.isNewest && other.model.type === name);
    return found && to(found.page);
  };
  const content = html`<p class="kicker">Event</p>
<h1><code>${type}</code></h1>
<p class="lede">${prose(description)}</p>
${deprecation(schema, eventLink)}
${!event.isNewest && html`<p class="notice">An older major: it is still read, and no longer written.</p>`}
<dl class="meta">
<div><dt>Version</dt><dd>${version}</dd></div>
<div><dt>Owner</dt><dd>${owner ?? 'nobody yet'}</dd></div>
<div><dt>Fields</dt><dd>${flatten(fields).length}</dd></div>
<div><dt>JSON Schema</dt><dd><a href="${to(schemaFile(schema))}">event</a>, <a href="${to(schemaFile(inputSchema))}">input</a></dd></div>
${others.length > 0 && html`<div><dt>Other majors</dt><dd>${others.map(({ label, page: other }) => html`<a href="${to(other)}">${label}</a> `)}</dd></div>`}
</dl>
${retired.map(({ major, why }) => html`<p class="notice"><strong>${major}.x is retired:</strong> a record of it is quarantined as <code>unknown_version</code>. ${prose(why)}</p>`)}
${heading('fields', 'Fields')}
${own.length === 0 ? html`<p class="quiet">None of its own.</p>` : fieldList(own, { event: fields })}
${shared.length > 0 && html`<h3 class="group">In every event</h3>${fieldList(shared, { event: fields, setBy: by })}`}
${reserved.length > 0 && html`<p class="reserved"><strong>Never used again:</strong> ${reserved.map((name) => html`<code>${name}</code> `)}<span class="quiet">Old records mean something else by ${reserved.length === 1 ? 'this name' : 'these names'}.</span></p>`}
${heading('samples', 'Samples')}
<div class="pair">${codeBlock('Every field', samples.complete)}${
    samples.smallest !== samples.complete && codeBlock('Required fields only', samples.smallest)
  }</div>
${heading('code', 'Code')}
${event.isNewest ? codeView(event) : upcastView(event)}
${heading('history', 'Versions')}
<p class="quiet">${plural(history.length, 'version')}, the latest first.</p>
${historyView(history, (entry) => to(schemaFile(entry.schema)), anchors)}`;
  return { file: page, title: event.label, content, sections: SECTIONS };
}

function codeView({ model }: CatalogEvent): Html {
  const { produce, consume } = codeOf(model);
  return html`<div class="stack">${codeBlock('Produce, in a web backend', produce)}${codeBlock('Consume, in a Lambda function', consume)}</div>`;
}

function upcastView({ model }: CatalogEvent): Html {
  return html`<p>Handlers are given the newest major, whatever arrives. This is how an event of this major becomes one of the next.</p>
${model.upcast !== undefined && codeBlock('Upcast', model.upcast)}`;
}
