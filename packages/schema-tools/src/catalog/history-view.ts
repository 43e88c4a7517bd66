import type { Change } from '../diff/change.ts';
import { fieldAnchor } from './field-tree.ts';
import type { VersionEntry } from './history.ts';
import { type Html, html } from './html.ts';

const STATES: Readonly<Record<VersionEntry['state'], string>> = {
  released: 'released',
  working: 'not released yet',
  edited: 'changed since its release',
};
const BUMPS = ['patch', 'minor', 'major'] as const;

/** Versions, the latest first, each with what it changed. */
export function historyView(
  history: readonly VersionEntry[],
  schemaUrl: (entry: VersionEntry) => string,
  anchors: ReadonlySet<string>,
): Html {
  return html`<ol class="history">${history.map((entry) => {
    const { version, state, previous, changes, patch } = entry;
    const bump = BUMPS.findLast((size) => changes.some((change) => change.bump === size));
    return html`<li id="${versionAnchor(entry)}">
<h3><a class="anchor" href="#${versionAnchor(entry)}">${version}</a> <span class="state" data-state="${state}">${STATES[state]}</span> ${
      bump !== undefined && html`<span class="bump" data-bump="${bump}">${bump}</span>`
    } <a class="raw" href="${schemaUrl(entry)}">JSON Schema<span class="hidden"> of ${version}</span></a></h3>
${previous === undefined && html`<p class="quiet">The first version.</p>`}
${previous !== undefined && changes.length === 0 && html`<p class="quiet">Nothing has changed since ${previous}.</p>`}
${changes.length > 0 && html`<ul class="changes">${changes.map((change) => changeItem(change, anchors))}</ul>`}
${patch.length > 0 && html`<details class="diff"><summary>Diff against ${previous ?? ''}</summary>${patchView(patch, version)}</details>`}
</li>`;
  })}</ol>`;
}

function changeItem(change: Change, anchors: ReadonlySet<string>): Html {
  const { rule, path, bump, message, backward, forward } = change;
  const field = pathOfPointer(path);
  const name = html`<code>${field === '' ? 'the event' : field}</code>`;
  const breaks = [
    !backward && 'new readers refuse old records',
    !forward && 'old readers refuse new records',
  ].filter((text) => text !== false);
  return html`<li><span class="bump" data-bump="${bump}">${bump}</span><div>${
    anchors.has(fieldAnchor(field)) ? html`<a href="#${fieldAnchor(field)}">${name}</a>` : name
  } ${message} <span class="quiet"><code>${rule}</code>${breaks.length > 0 && ` · ${breaks.join(', ')}`}</span></div></li>`;
}

function patchView(patch: readonly string[], version: string): Html {
  const line = (text: string): Html => {
    const kind = { '+': 'add', '-': 'del', '@': 'hunk' }[text.charAt(0)] ?? 'same';
    return html`<span class="${kind}">${text}\n</span>`;
  };
  return html`<pre tabindex="0" role="region" aria-label="Diff of ${version}"><code>${patch.map(line)}</code></pre>`;
}

function versionAnchor({ version, state }: VersionEntry): string {
  return `version.${version}${state === 'edited' ? '.working' : ''}`;
}

/** `/properties/items/items/properties/price/maximum` → `items[].price`. */
export function pathOfPointer(pointer: string): string {
  const keys = pointer.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  let [path, index] = ['', 1];
  for (; index < keys.length; index += 1) {
    const next = keys[index + 1];
    if (keys[index] === 'items' && path !== '') path += '[]';
    else if (keys[index] === 'properties' && next !== undefined) {
      path += path === '' ? next : `.${next}`;
      index += 1;
    } else break;
  }
  return path;
}
