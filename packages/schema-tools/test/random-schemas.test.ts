import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, onTestFailed, test } from 'vitest';
import { type EventModel, generate, type JsonSchema } from '../src/index.ts';
import { createWorkspace, typeCheck, type Workspace } from './workspace.ts';

/** Names that are awkward in generated code: reserved words, not identifiers, those of its own locals. */
const awkward =
  "value field key required isRecord class delete explain RECORD a-b a_b 1st it's é a/b~c */ price";
// Not the empty name: ajv 8.20 lets a required field of that name be missing.
const name = fc.constantFrom(...awkward.split(' '));

const size = { min: fc.nat(3), extra: fc.nat(5) };

const scalar: fc.Arbitrary<JsonSchema> = fc.oneof(
  fc.record({ ...size, word: fc.constantFrom('a', '\u{1F600}') }).map(({ min, extra, word }) => ({
    type: 'string',
    minLength: min,
    maxLength: min + extra,
    examples: [word.repeat(min)],
  })),
  fc.constantFrom<JsonSchema>(
    { type: 'string', pattern: '^[a-z/]+$', maxLength: 5, examples: ['a/b'] },
    { type: 'string', pattern: '^\\P{Cs}*$', examples: ['x'] },
    { type: 'string', format: 'uri', maxLength: 30, examples: ['https://a.example'] },
    { type: 'string', format: 'date-time', examples: ['2024-02-29T00:00:00Z'] },
    { type: 'boolean' },
    { type: 'null' },
    { const: "it's", type: 'string' },
    { const: 0 },
    { enum: ['a', 'b\n', 3, true, null] },
  ),
  fc
    .record({ ...size, step: fc.constantFrom(undefined, 1, 2, 0.1, 0.01) })
    .map(({ min, extra, step }) => ({
      type: 'number',
      minimum: min * 2,
      maximum: min * 2 + extra,
      ...(step === undefined ? {} : { multipleOf: step }),
      examples: [min * 2],
    })),
  fc.record(size).map(({ min, extra }) => ({
    type: 'integer',
    exclusiveMinimum: min,
    exclusiveMaximum: min + extra + 2,
    examples: [min + 1],
  })),
);

const { schema } = fc.letrec<{ schema: JsonSchema; object: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    tie('object'),
    fc.record({ items: tie('schema'), ...size }).map(({ items, min, extra }) => ({
      type: 'array',
      items,
      minItems: min,
      maxItems: min + extra,
    })),
  ),
  object: fc
    .record({
      fields: fc.uniqueArray(fc.tuple(name, tie('schema'), fc.boolean()), {
        maxLength: 4,
        selector: ([key]) => key,
      }),
      closed: fc.boolean(),
    })
    .map(({ fields, closed }) => ({
      type: 'object',
      properties: Object.fromEntries(fields.map(([key, field]) => [key, field])),
      required: fields.filter(([, , isRequired]) => isRequired).map(([key]) => key),
      ...(closed ? { additionalProperties: false } : {}),
    })),
}));

const EDGES = [
  undefined,
  null,
  true,
  0,
  1,
  2.5,
  -1,
  1e21,
  '',
  'a',
  'a/b',
  'zzzzzzz',
  '\uD800',
  "it's",
  [],
  {},
  [[]],
];

/** The value with something in it replaced, removed or added. */
function mutation(value: unknown): fc.Arbitrary<unknown> {
  const replaced = fc.oneof(fc.constantFrom<unknown>(...EDGES), fc.nat(12));
  if (typeof value !== 'object' || value === null) return replaced;
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) return fc.oneof(replaced, fc.constant({ added: 1 }), fc.constant([1]));
  const inside = fc.constantFrom(...entries).chain(([key, member]) =>
    fc.oneof(mutation(member), replaced).map((changed) => {
      const copy: Record<string, unknown> = Object.fromEntries(entries);
      copy[key] = changed;
      const values = Object.values(copy).filter((item) => item !== undefined);
      const present = Object.entries(copy).filter(([, field]) => field !== undefined);
      return Array.isArray(value) ? values : Object.fromEntries(present);
    }),
  );
  const added = fc.constant(
    Array.isArray(value)
      ? entries.map(([, member]) => member).concat(null)
      : { ...value, added: 1 },
  );
  return fc.oneof(
    { weight: 5, arbitrary: inside },
    { weight: 1, arbitrary: added },
    { weight: 1, arbitrary: replaced },
  );
}

interface Generated {
  readonly sample: unknown;
  readonly is: (value: unknown) => boolean;
  readonly explain: (value: unknown) => readonly unknown[];
}

/** All contracts by event type. */
async function importContracts({ root }: Workspace): Promise<Readonly<Record<string, Generated>>> {
  const file = pathToFileURL(path.join(root, 'packages/events/src/gen/registry.ts')).href;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- code that this test has generated
  const module = (await import(file)) as { contracts: Record<string, Generated> };
  return module.contracts;
}

/** ajv, which shares no code with ours. */
function referenceOf(root: JsonSchema): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, multipleOfPrecision: 12 });
  ajv.addFormat('uri', (text) => URL.canParse(text));
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const validate = ajv.compile(root);
  return (value) => validate(value);
}

test('whatever the schema, sample, validator, explanation and ajv agree', async () => {
  await using workspace = await createWorkspace();
  const seed = Date.now() % 2 ** 31;
  onTestFailed(() => console.error(`The schemas of this failure come from the seed ${seed}.`));
  const payloads = fc.sample(schema, { numRuns: 60, seed });
  const models = payloads.map((payload, index): EventModel => {
    const type = `event_${index}`;
    const properties = { event_type: { const: type }, payload };
    const root = { type: 'object', properties, required: ['event_type', 'payload'] };
    const closed = { ...root, additionalProperties: false };
    return {
      type,
      version: '1.0.0',
      description: '*/',
      schema: root,
      inputSchema: closed,
    };
  });
  await workspace.generate(models);
  expect(await typeCheck(workspace)).toBe('');

  const contracts = await importContracts(workspace);
  for (const { type, schema: root } of models) {
    const contract = contracts[type];
    const reference = referenceOf(root);
    expect(contract?.explain(contract.sample)).toEqual([]);
    fc.assert(
      fc.property(fc.oneof(mutation(contract?.sample), fc.constant(contract?.sample)), (value) => {
        const answers = {
          value,
          is: contract?.is(value),
          unexplained: contract?.explain(value).length === 0,
          reference: reference(value),
        };
        expect(answers).toEqual({ ...answers, unexplained: answers.is, reference: answers.is });
      }),
      { numRuns: 60 },
    );
  }
});

test('the same events give the same bytes, and no two names collide', () => {
  fc.assert(
    fc.property(schema, (payload) => {
      const root = { type: 'object', properties: { payload, other: payload } };
      const model = {
        type: 'x',
        version: '1.0.0',
        description: 'x',
        schema: root,
        inputSchema: root,
      };
      const files = generate([model], 'a test');
      expect(generate([structuredClone(model)], 'a test')).toEqual(files);
      const source = files.get('packages/events/src/gen/x.ts') ?? '';
      const declarations = source.matchAll(/^(?:export )?(?:function|const) (\w+)/gm);
      const names = Array.from(declarations, ([, declared]) => declared);
      expect(new Set(names).size).toBe(names.length);
    }),
    { numRuns: 100 },
  );
});
