import { type Bounds, boundsOf, count, type Scale } from './bounds.ts';
import { type FieldNode, fieldAnchor, type SetBy, textOf } from './field-tree.ts';
import { type Html, html } from './html.ts';
import { deprecation, inlineJson, piiBadge, piiOf, prose } from './parts.ts';

const SET_BY: Readonly<Record<SetBy, string | undefined>> = {
  sdk: 'set by the SDK',
  'caller-or-sdk': 'set by you, else by the SDK',
  caller: undefined,
};

/** Fields as a tree: name, type and bounds, meaning. */
export function fieldList(
  fields: readonly FieldNode[],
  setBy?: (field: FieldNode) => SetBy | undefined,
): Html {
  return html`<ul class="fields">${fields.map((field) => fieldItem(field, fields, setBy?.(field)))}</ul>`;
}

function fieldItem(field: FieldNode, siblings: readonly FieldNode[], by: SetBy | undefined): Html {
  const { name, path, required, schema, children, lists } = field;
  const anchor = fieldAnchor(path);
  const meaning = textOf(schema, 'description');
  const inner = lists > 0 ? textOf(field.innermost, 'description') : undefined;
  const examples = exampleOf(field);
  const unit = textOf(schema, 'x-unit');
  const sibling = (other: string) => {
    const found = siblings.find((candidate) => candidate.name === other);
    return found && `#${fieldAnchor(found.path)}`;
  };
  return html`<li class="field${schema['deprecated'] === true && ' deprecated'}" id="${anchor}">
<div class="row">
<div class="name"><a href="#${anchor}"><code>${name}${'[]'.repeat(lists)}</code></a>
<span class="need${required && ' required'}">${required ? 'required' : 'optional'}</span></div>
<div class="type">${typeView(field)}</div>
<div class="meaning">${meaning !== undefined && html`<p>${prose(meaning)}</p>`}
${inner !== undefined && html`<p class="quiet">Each entry: ${prose(inner)}</p>`}
${deprecation(schema, sibling)}
<p class="facts">${examples !== undefined && html`<span><span class="quiet">e.g.</span> ${inlineJson(examples)}</span>`}
${unit !== undefined && html`<span><span class="quiet">unit</span> ${unit}</span>`}
${by !== undefined && SET_BY[by] !== undefined && html`<span class="by">${SET_BY[by]}</span>`}
${piiBadge(piiOf(schema))}</p></div>
</div>
${children.length > 0 && fieldList(children)}
</li>
`;
}

function typeView({ schema, innermost, lists, children }: FieldNode): Html {
  const outer = boundsOf(schema);
  if (lists === 0) return boundsView(outer);
  const inner = boundsOf(innermost);
  return html`${boundsView(outer)}${children.length === 0 && html`<div class="of"><span class="quiet">of</span>${boundsView(inner)}</div>`}`;
}

function boundsView({ kind, family, limits, values, open, pattern, scale }: Bounds): Html {
  return html`<span class="kind" data-family="${family}">${kind}</span>
${values.length > 0 && html`<span class="values">${values.map((value) => html`<code>${value}</code>`)}${open && html`<span class="quiet">and words of newer versions</span>`}</span>`}
${limits.length > 0 && html`<span class="limits">${limits.join('; ')}</span>`}
${scale && scaleView(scale, family)}
${pattern !== undefined && html`<details class="pattern"><summary>pattern</summary><code>${pattern}</code></details>`}`;
}

/** Where the allowed stretch lies; the words beside it say the same. */
function scaleView({ from, to, example }: Scale, family: string): Html {
  const left = Math.min(from, 0.985) * 100;
  const width = Math.max((to - from) * 100, 1.5);
  return html`<svg class="scale" data-family="${family}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="track" y="2" width="100" height="2"/><rect class="stretch" x="${left}" y="2" width="${width}" height="2"/>${example !== undefined && html`<rect class="mark" x="${Math.min(example, 0.99) * 100}" width="1" height="6"/>`}</svg>`;
}

function exampleOf({ schema }: FieldNode): unknown {
  const examples: unknown = schema['examples'];
  if (!Array.isArray(examples) || 'const' in schema) return undefined;
  return examples[0];
}

/** `12 fields`. */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}
