import asyncApiSchemas from '@asyncapi/specs';
import { Ajv, type AnySchema } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogInput } from '../../test/catalog/events.ts';
import { buildCatalog } from './build-catalog.ts';
import { isSchema } from './field-tree.ts';

const input = catalogInput();
const files = buildCatalog(input);
const pages = [...files].filter(([file]) => file.endsWith('.html'));

function page(file: string): string {
  return files.get(file) ?? '';
}

function json(file: string): Readonly<Record<string, unknown>> {
  const content: unknown = JSON.parse(page(file));
  return isSchema(content) ? content : {};
}

test('the same input gives the same bytes', () => {
  expect(buildCatalog(catalogInput())).toEqual(files);
});

test('the site has a page for every major and a schema for every version', () => {
  expect([...files.keys()]).toEqual([
    'assets/search-index.js',
    'asyncapi.json',
    'events/order.html',
    'events/order.v1.html',
    'events/visit.html',
    'index.html',
    'personal-data.html',
    'schemas/cart/1.0.0.json',
    'schemas/order/1.0.0.json',
    'schemas/order/1.1.0.json',
    'schemas/order/1.1.0/input.json',
    'schemas/order/2.0.0.json',
    'schemas/order/2.0.0/input.json',
    'schemas/visit/1.2.0.json',
    'schemas/visit/1.2.0/input.json',
  ]);
  for (const file of files.keys()) {
    if (!file.startsWith('schemas/')) continue;
    expect(json(file)['$id']).toBe(`https://test.example/${file}`);
  }
});

test('a released schema stays what it was', () => {
  const released = input.released.map((each) => ({
    ...each,
    schema: { ...each.schema, description: 'As it was.' },
  }));
  const again = buildCatalog({ ...input, released });
  expect(again.get('schemas/order/1.1.0.json')).toContain('As it was.');
  expect(again.get('events/order.html')).toContain('changed since its release');
});

test.each(pages)('%s: whatever is linked is there, and ids are unique', (file, content) => {
  const ids = (text: string) => [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids(content)).size).toBe(ids(content).length);
  for (const [, link = ''] of content.matchAll(/ (?:href|src)="([^"]*)"/g)) {
    const url = new URL(link, `file:///${file}`);
    expect(url.protocol).toBe('file:');
    const target = url.pathname.slice(1);
    const isAsset = /^assets\/(?:catalog|theme)\.(?:css|js|svg)$/.test(target);
    expect([link, isAsset || files.has(target)]).toEqual([link, true]);
    expect(url.hash === '' || ids(page(target)).includes(url.hash.slice(1))).toBe(true);
  }
});

test('a page says all there is to say of an event', () => {
  const order = page('events/order.html');
  for (const text of [
    'id="field.lines.quantity"',
    '1 to 1,000 pieces',
    'up to 50 entries',
    '<code>web</code><code>app</code>',
    'and words of newer versions',
    'data-kind="direct"',
    '<strong>0.x is retired:</strong> a record of it is quarantined as',
    'It was sent for a day, to <code>staging</code> only.',
    'Never used again:</strong> <code>coupon</code>',
    'producer.',
    'property-removed-required',
    'new readers refuse old records',
    'href="../events/order.v1.html"',
    'paid for with <code>currency</code>',
    '<dd>checkout</dd>',
  ]) {
    expect(order).toContain(text);
  }
  expect(page('events/order.v1.html')).toContain(
    'Deprecated since 1.1.0</strong>, to be removed in 2.0.0.',
  );
  expect(page('events/order.v1.html')).toContain('<a href="#field.discount_code">');
  expect(page('events/order.v1.html')).not.toContain('createProducer');
  expect(page('events/visit.html')).toContain(
    '<a href="../events/order.html"><code>order</code></a> instead',
  );
  expect(page('index.html')).toContain('<code>cart</code> 1.0.0');
  const marked = [...page('personal-data.html').matchAll(/<th scope="row"><code>([^<]*)/g)];
  expect(marked.map(([, path]) => path).slice(-3)).toEqual(['email', 'coupon', 'url']);
  expect(page('personal-data.html')).not.toContain('<code>gift</code>');
});

test('what the schemas say is never markup', () => {
  for (const [, content] of pages) expect(content).not.toContain('<script>alert');
  expect(page('assets/search-index.js')).not.toContain('<');
  const hostile = fc.string({ unit: fc.constantFrom(...Array.from('<>"\'&`= onx/script!-')) });
  const clean = (content: string) =>
    [...content.matchAll(/<\/?[a-z!][^\s>]*/gi)].map(String).join('');
  fc.assert(
    fc.property(hostile, (text) => {
      // Always at least one character that is no backtick: those are markup of ours.
      const said = `.${text.replaceAll('`', '')}`;
      const speak = (words: string) =>
        buildCatalog({
          ...input,
          models: input.models.map((model) => ({
            ...model,
            description: words,
            schema: { ...model.schema, description: words, 'x-owner': words },
          })),
        });
      const [plain, spoken] = [speak('.'), speak(said)];
      for (const [file] of pages) {
        expect(clean(spoken.get(file) ?? '')).toBe(clean(plain.get(file) ?? ''));
      }
    }),
    { numRuns: 20 },
  );
});

describe('asyncapi.json', () => {
  const document = json('asyncapi.json');

  test('is valid AsyncAPI 3.0', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- their type allows undefined, ajv's does not
    const validate = ajv.compile({ ...asyncApiSchemas.schemasWithoutId['3.0.0'] } as AnySchema);
    const isValid = validate(document);
    expect([isValid, validate.errors]).toEqual([true, null]);
    expect(validate({ ...document, operations: { broken: { action: 'shout' } } })).toBe(false);
  });

  test('references lead somewhere', () => {
    const references = [...page('asyncapi.json').matchAll(/"\$ref": "#\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [reference, path = ''] of references) {
      const found = path
        .split('/')
        .reduce<unknown>((value, key) => (isSchema(value) ? value[key] : undefined), document);
      expect([reference, found]).toEqual([reference, expect.any(Object)]);
    }
  });

  test('producers send the newest major, consumers receive all', () => {
    const message = (name: string) => ({ $ref: `#/channels/events/messages/${name}` });
    expect(document['operations']).toMatchObject({
      sendEvents: { action: 'send', messages: [message('Order'), message('Visit')] },
      receiveEvents: {
        action: 'receive',
        messages: [message('Order'), message('Order.v1'), message('Visit')],
      },
    });
    expect(document).toMatchObject({
      components: {
        messages: { Visit: { deprecated: true, name: 'visit' }, Order: { title: 'order 2.0.0' } },
        schemas: { Order: { type: 'object', title: 'order' } },
      },
    });
    expect(page('asyncapi.json')).not.toContain('"$schema"');
  });
});
