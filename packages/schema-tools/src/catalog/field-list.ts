import type { JsonSchema } from '../json-schema.ts';
import { type Bounds, boundsOf, count, type Scale } from './bounds.ts';
import { type FieldNode, fieldAnchor, type SetBy, textOf } from './field-tree.ts';
import { type Html, html } from './html.ts';
import { deprecation, inlineJson, piiBadge, piiOf, prose } from './parts.ts';

const SET_BY: Readonly<Record<SetBy, string | undefined>> = {
  sdk: 'set by the SDK',
  'caller-or-sdk': 'set by you, else by the SDK',
  caller: undefined,
};

/** What is around the fields that are shown. */
interface Around {
  /** All fields of the event: what takes the place of a field may be one of them. */
  readonly event: readonly FieldNode[];
  readonly setBy?: (field: FieldNode) => SetBy;
}

/** Fields as a tree: name, type and bounds, meaning. */
export function fieldList(fields: readonly FieldNode[], around: Around): Html {
  return html`<ul class="fields">${fields.map((field) => fieldItem(field, fields, around))}</ul>`;
}

function fieldItem(field: FieldNode, siblings: readonly FieldNode[], around: Around): Html {
  const { name, path, required, schema, innermost, children, lists } = field;
  const anchor = fieldAnchor(path);
  const meaning = textOf(schema, 'description');
  const inner = lists > 0 ? textOf(innermost, 'description') : undefined;
  const example = exampleOf(schema) ?? exampleOf(innermost);
  const unit = textOf(schema, 'x-unit') ?? textOf(innermost, 'x-unit');
  const by = around.setBy && SET_BY[around.setBy(field)];
  const { pattern } = boundsOf(innermost);
  const linkTo = (other: string) => {
    const found = [...siblings, ...around.event].find((candidate) => candidate.name === other);
    return found && `#${fieldAnchor(found.path)}`;
  };
  return html`<li class="field${schema['deprecated'] === true && ' deprecated'}" id="${anchor}">
<div class="row">
<div class="name"><a href="#${anchor}"><code>${name}${'[]'.repeat(lists)}</code></a>
<span class="need${required && ' required'}">${required ? 'required' : 'optional'}</span></div>
<div class="type">${typeView(field)}</div>
<div class="meaning">${meaning !== undefined && html`<p>${prose(meaning)}</p>`}
${inner !== undefined && html`<p class="quiet">Each entry: ${prose(inner)}</p>`}
${deprecation(schema, linkTo)}
<div class="facts">${example !== undefined && html`<span><span class="quiet">e.g.</span> ${inlineJson(example)}</span>`}
${unit !== undefined && html`<span><span class="quiet">unit</span> ${unit}</span>`}
${by !== undefined && html`<span class="by">${by}</span>`}
${piiBadge(piiOf(schema) ?? piiOf(innermost))}
${pattern !== undefined && html`<details class="pattern"><summary>pattern</summary><code>${pattern}</code></details>`}</div></div>
</div>
${children.length > 0 && fieldList(children, { event: around.event })}
</li>
`;
}

function typeView({ schema, innermost, lists, children }: FieldNode): Html {
  const outer = boundsOf(schema);
  if (lists === 0) return boundsView(outer);
  const inner = boundsOf(innermost);
  return html`${boundsView(outer)}${children.length === 0 && html`<div class="of"><span class="quiet">of</span>${boundsView(inner)}</div>`}`;
}

function boundsView({ kind, family, limits, values, open, scale }: Bounds): Html {
  return html`<span class="kind" data-family="${family}">${kind}</span>
${values.length > 0 && html`<span class="values">${values.map((value) => html`<code>${value}</code>`)}${open && html`<span class="quiet">and words of newer versions</span>`}</span>`}
${limits.length > 0 && html`<span class="limits">${limits.join('; ')}</span>`}
${scale && scaleView(scale, family)}`;
}

/** Where the allowed stretch lies; the words beside it say the same. */
function scaleView({ from, to, example }: Scale, family: string): Html {
  const left = Math.min(from, 0.985) * 100;
  const width = Math.max((to - from) * 100, 1.5);
  return html`<svg class="scale" data-family="${family}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="track" y="2" width="100" height="2"/><rect class="stretch" x="${left}" y="2" width="${width}" height="2"/>${example !== undefined && html`<rect class="mark" x="${Math.min(example, 0.99) * 100}" width="1" height="6"/>`}</svg>`;
}

function exampleOf(schema: JsonSchema): unknown {
  const examples: unknown = schema['examples'];
  if (!Array.isArray(examples) || 'const' in schema) return undefined;
  return examples[0];
}

/** `12 fields`. */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}
