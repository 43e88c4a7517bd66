import { expect, test } from 'vitest';
import { SchemaError } from './errors.ts';
import { readSchema } from './read-schema.ts';

const property = (schema: unknown) => ({
  type: 'object',
  properties: { a: { type: 'array', items: schema } },
});

test.each<[unknown, string]>([
  [{ anyOf: [{ type: 'string' }] }, ' needs a "const", an "enum" or one "type" of JSON'],
  [{ type: ['string', 'null'] }, ' needs a "const", an "enum" or one "type" of JSON'],
  [{ $ref: '#/x' }, ' needs a "const", an "enum" or one "type" of JSON'],
  [true, ' is not a schema object'],
  [undefined, ' is not a schema object'],
  [
    { type: 'string', contentEncoding: 'base64' },
    '/contentEncoding is a keyword that the generator does not support in a schema of string',
  ],
  [{ type: 'array', items: { type: 'null' }, uniqueItems: true }, '/uniqueItems is a keyword'],
  [{ type: 'object', patternProperties: {} }, '/patternProperties is a keyword'],
  [
    { const: 1, minimum: 0 },
    '/minimum is a keyword that the generator does not support in a schema of const',
  ],
  [
    { type: 'string', format: 'email' },
    '/format must be date-time or uri; express others as a "pattern"',
  ],
  [{ type: 'string', pattern: '(' }, '/pattern is no regular expression under the u flag'],
  [{ type: 'string', pattern: '\\-' }, '/pattern is no regular expression under the u flag'],
  [{ type: 'string', maxLength: -1 }, '/maxLength must be a whole number of at least 0'],
  [{ type: 'string', minLength: '1' }, '/minLength must be a whole number of at least 0'],
  [{ type: 'string', 'x-open-enum': [] }, '/x-open-enum must list at least one string'],
  [{ type: 'string', 'x-open-enum': ['a', 1] }, '/x-open-enum must list at least one string'],
  [
    { type: 'string', maxLength: 1, 'x-open-enum': ['a', 'bc'] },
    '/x-open-enum has "bc", longer than the "maxLength"',
  ],
  [{ type: 'number', minimum: '0' }, '/minimum must be a number'],
  [{ type: 'number', multipleOf: 0 }, '/multipleOf must be positive'],
  [
    { type: 'number', multipleOf: 0.25 },
    '/multipleOf must be a whole number, or 0.1, 0.01 and so on to 1e-9',
  ],
  [
    { type: 'number', multipleOf: 0.01 },
    '/multipleOf needs a minimum and a maximum within ±10000000000000',
  ],
  [
    { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1e14 },
    '/multipleOf needs a minimum and a maximum',
  ],
  [{ enum: [] }, '/enum must list at least one value'],
  [{ enum: ['a', {}] }, '/enum/1 must be a string, number, boolean or null'],
  [{ const: 'a', type: 'number' }, '/const is not of the type "number" beside it'],
  [{ type: 'object', required: ['x'] }, '/required names "x", which is not in "properties"'],
  [
    { type: 'object', additionalProperties: { type: 'string' } },
    '/additionalProperties must be true or false',
  ],
  [
    { type: 'object', properties: { constructor: { type: 'string' } } },
    '/properties/constructor has a name that every JavaScript object has',
  ],
  [
    { type: 'object', properties: { 'a/b~': { type: 'any' } } },
    '/properties/a~1b~0 needs a "const"',
  ],
])('%j is refused by its pointer', (schema, message) => {
  const read = () => readSchema(property(schema), 'search');
  expect(read).toThrow(SchemaError);
  expect(read).toThrow(`search: /properties/a/items${message}`);
});

test('annotations and own keywords pass', () => {
  const schema = {
    type: 'string',
    title: 't',
    description: 'd',
    default: '',
    examples: ['a'],
    deprecated: true,
    'x-pii': true,
  };
  expect(readSchema(schema, 'search')).toEqual({
    kind: 'string',
    title: 't',
    description: 'd',
    examples: ['a'],
    deprecated: {},
  });
});
