import { SchemaError } from '../errors.ts';
import { canonicalJson } from '../json-schema.ts';
import { readSchema } from '../read-schema.ts';
import { isListed, isNumber, isSchema, type Node, propertyPointer } from './nodes.ts';
import { eachNode, type Rule } from './rule.ts';

const SNAKE_CASE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const FORMATS = new Set<unknown>(['date-time', 'uri']);

/** Rules on names, forms and bounds. */
export const shapeRules: readonly Rule[] = [
  {
    id: 'schema-supported',
    what: 'A schema has only keywords that the generator turns into code.',
    why: 'A keyword that is silently passed over is a validator that accepts what the schema forbids.',
    mend: 'Use the field vocabulary of schema-tools.',
    check({ nodes, model }) {
      if (model === undefined || nodes.some(hasUnknownFormat)) return [];
      try {
        readSchema(model.schema, model.type);
        return [];
      } catch (error) {
        if (!(error instanceof SchemaError)) throw error;
        return [{ pointer: '', message: error.message }];
      }
    },
  },
  {
    id: 'name-snake-case',
    what: 'Events and fields are named in snake_case.',
    why: 'Athena folds names to lower case; userId and userid would be one column.',
    mend: 'Rename it before its first release, as in `user_id`.',
    check: eachNode(({ path, role }, { name }) => {
      const own = role === 'field' ? path.at(-1) : role === 'event' ? name : undefined;
      return own === undefined || SNAKE_CASE.test(own)
        ? undefined
        : `The name ${JSON.stringify(own)} is not snake_case.`;
    }),
  },
  {
    id: 'envelope-kept',
    what: 'No event defines a field of the envelope again.',
    why: 'What every event carries must mean the same in all of them; the SDK stamps it.',
    mend: 'Remove the field from the event, or give it another name.',
    check({ model }, { envelopeOf }) {
      if (model === undefined) return [];
      const [own, shared] = [model.schema, envelopeOf(model)];
      return Object.entries(propertiesOf(shared)).flatMap(([name, field]) => {
        const same = canonicalJson(propertiesOf(own)[name]) === canonicalJson(field);
        if (same && isRequired(own, name) === isRequired(shared, name)) return [];
        const message = `"${name}" is not what the envelope says.`;
        return [{ pointer: '', at: propertyPointer(name), message }];
      });
    },
  },
  {
    id: 'format-known',
    what: 'A format is one that every validator here checks: date-time or uri.',
    why: 'A format that is not checked is a promise that nobody keeps.',
    mend: 'Say it as a `pattern`.',
    check: eachNode((node) =>
      hasUnknownFormat(node)
        ? `The format ${JSON.stringify(node.schema['format'])} is not checked by anything.`
        : undefined,
    ),
  },
  {
    id: 'string-bounded',
    what: 'Every string has a maxLength.',
    why: 'Without one a single field can fill a record of the stream or an item of the table, and the event is refused there.',
    mend: 'Give it a `maxLength`; a pattern does not count, few can tell its length.',
    check: eachNode(({ schema }) =>
      schema['type'] === 'string' && !isListed(schema) && !isSize(schema['maxLength'])
        ? 'The string may have any length.'
        : undefined,
    ),
  },
  {
    id: 'array-bounded',
    what: 'Every list has a maxItems.',
    why: 'A list without an end grows until the event does not fit into a record of the stream.',
    mend: 'Give it `maxItems`; what has more becomes events of its own.',
    check: eachNode(({ schema }) =>
      schema['type'] === 'array' && !isListed(schema) && !isSize(schema['maxItems'])
        ? 'The list may have any number of items.'
        : undefined,
    ),
  },
  {
    id: 'number-bounded',
    what: 'Every number has a minimum and a maximum.',
    why: 'Beyond its range a column overflows or loses digits, and a mistake of unit passes for a value.',
    mend: 'Give it a `minimum` and a `maximum`, generous but true.',
    check: eachNode(({ schema }) => {
      if (!isNumber(schema) || isListed(schema)) return undefined;
      const missing = [
        ...(isNumeric(schema, 'minimum', 'exclusiveMinimum') ? [] : ['minimum']),
        ...(isNumeric(schema, 'maximum', 'exclusiveMaximum') ? [] : ['maximum']),
      ];
      return missing.length === 0 ? undefined : `The number has no ${missing.join(' and no ')}.`;
    }),
  },
];

function hasUnknownFormat({ schema }: Node): boolean {
  return 'format' in schema && !FORMATS.has(schema['format']);
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value);
}

function isNumeric(schema: Node['schema'], ...keywords: string[]): boolean {
  return keywords.some((keyword) => Number.isFinite(schema[keyword]));
}

function propertiesOf({ properties }: Node['schema']): Node['schema'] {
  return isSchema(properties) ? properties : {};
}

function isRequired({ required }: Node['schema'], name: string): boolean {
  return Array.isArray(required) && required.includes(name);
}
