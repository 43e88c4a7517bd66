import { Ajv2020 } from 'ajv/dist/2020.js';
import { SchemaError } from '../errors.ts';
import type { JsonSchema } from '../json-schema.ts';
import { readSchema } from '../read-schema.ts';
import { isListed, isNumber, isSchema, isValue, type Node } from './nodes.ts';
import { type Complaint, eachNode, type Rule } from './rule.ts';

/** Words that say nothing of what is meant. */
const FILLERS = new Set(
  'a an the this that of is are was its it for in on to and or field value event property data'.split(
    ' ',
  ),
);
const PLACEHOLDER = /\b(?:todo|tbd|tba|fixme|xxx|lorem ipsum)\b|^\W*$/i;
const ANNOTATION = /^(?:[$]|x-|(?:title|description|default|examples|deprecated)$)/;

/** Rules on what people read. */
export const documentationRules: readonly Rule[] = [
  {
    id: 'owner-named',
    what: 'Every event names the team to ask.',
    why: 'Somebody has to decide when an event must change, and to answer what it means.',
    mend: "Give the event an `owner`, such as 'checkout'.",
    check: ({ model }) =>
      model === undefined || isText(model.schema['x-owner'])
        ? []
        : [{ pointer: '', message: 'The event has no owner.' }],
  },
  {
    id: 'description-present',
    what: 'Every event, field, record and list item has a description.',
    why: 'It becomes the comment in the editor, the column comment and the catalog; a name alone is a guess.',
    mend: 'Write what the value means, for somebody who has never seen the code.',
    check: eachNode(({ schema }) =>
      isText(schema['description']) ? undefined : 'There is no description.',
    ),
  },
  {
    id: 'description-meaningful',
    what: 'A description is a sentence that says more than the name.',
    why: '"The user id." tells nobody whose id it is or who gives it out.',
    mend: 'Say what the name does not: who sets the value, when, and what it stands for.',
    check: eachNode(({ schema: { description }, path }, { name }) =>
      isText(description) ? emptiness(description, path.at(-1) ?? name) : undefined,
    ),
  },
  {
    id: 'unit-present',
    what: 'Every number has a unit.',
    why: 'Seconds read as milliseconds, or cents as euros, are found by nobody until the report is wrong.',
    mend: "Give it a `unit`, such as 'ms' or 'pieces'; a share or a factor has the unit '1'.",
    check: eachNode(({ schema }) =>
      isNumber(schema) && !isListed(schema) && !isText(schema['x-unit'])
        ? 'The number has no unit.'
        : undefined,
    ),
  },
  {
    id: 'examples-present',
    what: 'Every value shows at least one example.',
    why: 'Samples, fixtures and the catalog are made of them; one example ends most questions on form.',
    mend: 'Give `examples`, the most telling first.',
    check: eachNode((node) =>
      isValue(node) && examplesOf(node).length === 0 ? 'There is no example.' : undefined,
    ),
  },
  {
    id: 'examples-valid',
    what: 'Every example is valid by its own schema.',
    why: 'An example that is refused teaches the wrong form, or shows that the schema is wrong.',
    mend: 'Correct the example, or the schema if the example is what is meant.',
    check: ({ nodes }) => nodes.flatMap(wrongExamples),
  },
];

function emptiness(description: string, name: string): string | undefined {
  if (PLACEHOLDER.test(description)) return 'The description is a placeholder.';
  const known = new Set(wordsOf(name));
  if (wordsOf(description).every((word) => FILLERS.has(word) || known.has(word))) {
    return 'The description says no more than the name.';
  }
  return /[.!?]$/.test(description) ? undefined : 'The description is no sentence with an end.';
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function wrongExamples(node: Node): Complaint[] {
  const examples = examplesOf(node);
  if (examples.length === 0) return [];
  const refuse = refusalOf(node.schema);
  return examples.flatMap((example, index) => {
    const why = refuse(example);
    if (why === undefined) return [];
    const message = `The example ${JSON.stringify(example)} ${why}.`;
    return [{ pointer: node.pointer, at: `/examples/${index}`, message }];
  });
}

function examplesOf({ schema: { examples } }: Node): unknown[] {
  return Array.isArray(examples) ? examples : [];
}

const ajv = new Ajv2020({ strict: false, validateSchema: false });
ajv.addFormat('uri', (text) => URL.canParse(text));
ajv.addFormat('date-time', isDateTime);
// ajv divides, and 39.98 / 0.0001 is no whole number in binary.
ajv.removeKeyword('multipleOf');
ajv.addKeyword({
  keyword: 'multipleOf',
  type: 'number',
  validate: isMultiple,
  error: { message: ({ schema }) => `must be a multiple of ${String(schema)}` },
});
/** Compiling is slow, and events have fields in common. */
const compiled = new Map<string, (value: unknown) => string | undefined>();

/**
 * Says why a value is not valid. By ajv, which shares nothing with the generated validators. What
 * the generator does not support is not judged here: that is another rule.
 */
function refusalOf(schema: JsonSchema): (value: unknown) => string | undefined {
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const refuse = compile(schema);
  compiled.set(key, refuse);
  return refuse;
}

function compile(schema: JsonSchema): (value: unknown) => string | undefined {
  try {
    readSchema(schema, '');
  } catch (error) {
    if (error instanceof SchemaError) return () => undefined;
    throw error;
  }
  const validate = ajv.compile(withoutAnnotations(schema));
  return (value) => (validate(value) ? undefined : (validate.errors?.[0]?.message ?? 'is refused'));
}

/** What decides. The rest would only be judged by ajv: a description that is no text, two equal `$id`. */
function withoutAnnotations(schema: JsonSchema): JsonSchema {
  const { items, properties } = schema;
  const deciding = Object.entries(schema).filter(([keyword]) => !ANNOTATION.test(keyword));
  return {
    ...Object.fromEntries(deciding),
    ...(isSchema(items) ? { items: withoutAnnotations(items) } : {}),
    ...(isSchema(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, field]) => [
              name,
              isSchema(field) ? withoutAnnotations(field) : field,
            ]),
          ),
        }
      : {}),
  };
}

/** In decimal, for the steps that the generator supports: whole numbers and 0.1 to 1e-9. */
function isMultiple(step: number, value: number): boolean {
  if (step >= 1) return value % step === 0;
  return Number(value.toFixed(Math.round(-Math.log10(step)))) === value;
}

function isDateTime(text: string): boolean {
  const [, day = ''] =
    /^(\d{4}-\d\d-\d\d)[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  // 30 February is read as a day in March.
  return !Number.isNaN(Date.parse(text)) && new Date(`${day}T00:00Z`).toISOString().startsWith(day);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
