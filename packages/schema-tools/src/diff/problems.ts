import type { JsonSchema } from '../json-schema.ts';
import { isAnnotation } from './annotations.ts';
import { type Change, change } from './change.ts';
import {
  at,
  inside,
  isObject,
  isSchema,
  keyword,
  listed,
  type Place,
  resolveRef,
} from './place.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const KINDS = new Set(['null', 'boolean', 'number', 'integer', 'string', 'array', 'object']);
const UNIONS = ['anyOf', 'oneOf'];
/** Keywords beside which no constraint may stand: the diff would have to intersect the two. */
const ALONE = ['$ref', ...UNIONS];

const isFinite = (value: unknown): boolean => Number.isFinite(value);
const isSize = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const isMember = (value: unknown): boolean =>
  Object.values(isObject(value) ? value : {}).every(isSchema);
const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isSchema);

/** What the diff understands: the keyword, what its value must be, and how to say so. */
const KNOWN = new Map<string, readonly [(value: unknown) => boolean, string]>([
  ['$defs', [isMember, 'an object of schemas']],
  ['definitions', [isMember, 'an object of schemas']],
  ['$ref', [(value) => typeof value === 'string', 'a string']],
  ['type', [isType, 'a type of JSON, or a list of them']],
  ['const', [() => true, '']],
  ['enum', [(value) => Array.isArray(value) && value.length > 0, 'a list of values']],
  ['anyOf', [isList, 'a list of schemas']],
  ['oneOf', [isList, 'a list of schemas']],
  ['minimum', [isFinite, 'a number']],
  ['maximum', [isFinite, 'a number']],
  ['exclusiveMinimum', [isFinite, 'a number']],
  ['exclusiveMaximum', [isFinite, 'a number']],
  ['multipleOf', [(value) => isFinite(value) && Number(value) > 0, 'a positive number']],
  ['minLength', [isSize, 'a whole number of at least 0']],
  ['maxLength', [isSize, 'a whole number of at least 0']],
  ['pattern', [isPattern, 'a regular expression under the u flag']],
  ['format', [(value) => typeof value === 'string', 'a string']],
  [
    'x-open-enum',
    [
      (value) => Array.isArray(value) && value.every((word) => typeof word === 'string'),
      'a list of strings',
    ],
  ],
  ['items', [isSchema, 'one schema; a list of them is called prefixItems']],
  ['prefixItems', [isList, 'a list of schemas']],
  ['minItems', [isSize, 'a whole number of at least 0']],
  ['maxItems', [isSize, 'a whole number of at least 0']],
  ['uniqueItems', [(value) => typeof value === 'boolean', 'true or false']],
  ['properties', [isMember, 'an object of schemas']],
  [
    'patternProperties',
    [
      (value) => isMember(value) && Object.keys(isObject(value) ? value : {}).every(isPattern),
      'an object of schemas by regular expression',
    ],
  ],
  ['additionalProperties', [isSchema, 'a schema']],
  [
    'required',
    [
      (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
      'a list of names',
    ],
  ],
  ['minProperties', [isSize, 'a whole number of at least 0']],
  ['maxProperties', [isSize, 'a whole number of at least 0']],
]);

const MEMBERS = ['$defs', 'definitions', 'properties', 'patternProperties'];
const LISTS = ['anyOf', 'oneOf', 'prefixItems'];
const SINGLE = ['items', 'additionalProperties'];

/**
 * What the diff cannot judge in a schema: keywords that it does not know, values that they cannot
 * have, and combinations that it does not work out. Silence about one of these would be an answer
 * that may be wrong.
 */
export function findProblems(
  document: JsonSchema,
  { openEnums }: { readonly openEnums: boolean },
): Change[] {
  const problems: Change[] = [];
  const report = (pointer: string, message: string): void => {
    problems.push(change('unknown-keyword', pointer, { backward: false, forward: false }, message));
  };
  const visited = new Set<string>();
  const references: { readonly place: Place; readonly target: Place }[] = [];
  const visit = (place: Place): void => {
    visited.add(place.pointer);
    if (!isObject(place.schema)) return;
    const dialect = keyword(place, '$schema');
    if (dialect !== undefined && !isKnownDialect(dialect)) {
      report(
        at(place, '$schema'),
        `the diff reads JSON Schema 2020-12, and this says ${JSON.stringify(dialect)}; convert it to ${DIALECT} first`,
      );
      return;
    }
    if (!openEnums && keyword(place, 'x-open-enum') !== undefined) {
      report(
        at(place, 'x-open-enum'),
        'only a convention says that writers keep to the words of x-open-enum; say so with --open-enums, or remove it',
      );
    }
    for (const [name, value] of Object.entries(place.schema)) {
      const known = KNOWN.get(name);
      if (known === undefined) {
        if (!isAnnotation(name))
          report(at(place, name), `the diff does not know the keyword ${name}`);
      } else if (!known[0](value)) {
        report(at(place, name), `${name} must be ${known[1]}`);
        return;
      }
    }
    checkAlone(place, report);
    checkRef(place, report);
    const target = resolveRef(document, keyword(place, '$ref'));
    if (target !== undefined) references.push({ place, target });
    checkOpenEnum(place, report);
    for (const child of children(place)) visit(child);
  };
  visit({ document, schema: document, pointer: '' });
  // What stands in an annotation was not looked at: nobody says that it is a schema.
  for (const { place, target } of references) {
    if (visited.has(target.pointer)) continue;
    report(at(place, '$ref'), `${target.pointer} is no place for a schema; move it to $defs`);
  }
  return problems;
}

function checkAlone(place: Place, report: (pointer: string, message: string) => void): void {
  const alone = ALONE.find((name) => keyword(place, name) !== undefined);
  if (alone === undefined || !isObject(place.schema)) return;
  const beside = Object.keys(place.schema).filter(
    (name) =>
      name !== alone &&
      (name === 'x-open-enum' || !isAnnotation(name)) &&
      name !== '$defs' &&
      name !== 'definitions',
  );
  if (beside.length > 0) {
    report(at(place, alone), `the diff cannot judge ${alone} beside ${beside.join(', ')}`);
  }
}

function checkRef(place: Place, report: (pointer: string, message: string) => void): void {
  const ref = keyword(place, '$ref');
  if (ref === undefined) {
    const moved = place.pointer !== '' && keyword(place, '$id') !== undefined;
    if (moved && JSON.stringify(place.schema).includes('"$ref"')) {
      report(
        at(place, '$id'),
        'the diff does not follow references inside a schema with its own $id',
      );
    }
    return;
  }
  const target = resolveRef(place.document, ref);
  if (target === undefined) {
    report(at(place, '$ref'), `${JSON.stringify(ref)} points at no schema of this file`);
  } else if (leadsTo(target, target.pointer, new Set())) {
    report(
      at(place, '$ref'),
      `${JSON.stringify(ref)} leads back to itself without going into a value`,
    );
  }
}

/** Whether references and unions alone lead to a place: no validator comes to an end there. */
function leadsTo(place: Place, pointer: string, seen: Set<string>): boolean {
  if (seen.has(place.pointer)) return place.pointer === pointer;
  seen.add(place.pointer);
  const target = resolveRef(place.document, keyword(place, '$ref'));
  const branches = ['anyOf', 'oneOf'].flatMap((name) =>
    listed(place, name).map((_, index) => inside(place, true, name, String(index))),
  );
  return [...(target === undefined ? [] : [target]), ...branches].some((next) =>
    leadsTo(next, pointer, seen),
  );
}

/** The words go to readers of the same schema, which keep its other limits. */
function checkOpenEnum(place: Place, report: (pointer: string, message: string) => void): void {
  const words = listed(place, 'x-open-enum');
  const most = Number(keyword(place, 'maxLength') ?? Infinity);
  if (words.some((word) => Array.from(String(word)).length > most)) {
    report(at(place, 'x-open-enum'), 'a word of the open enum is longer than its maxLength');
  }
  const closed = ['const', 'enum'].find((name) => keyword(place, name) !== undefined);
  if (words.length > 0 && closed !== undefined) {
    report(at(place, 'x-open-enum'), `an enum is open or closed; remove x-open-enum or ${closed}`);
  }
}

function children(place: Place): Place[] {
  const found: Place[] = [];
  const add = (value: unknown, ...keys: string[]): void => {
    if (isSchema(value))
      found.push({ document: place.document, schema: value, pointer: at(place, ...keys) });
  };
  for (const name of SINGLE) add(keyword(place, name), name);
  for (const name of [...MEMBERS, ...LISTS]) {
    const value = keyword(place, name);
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, member] of Object.entries(value)) add(member, name, key);
  }
  return found;
}

/** With or without the empty fragment that older dialects end in. */
function isKnownDialect(dialect: unknown): boolean {
  return typeof dialect === 'string' && dialect.replace(/#$/, '') === DIALECT;
}

function isType(value: unknown): boolean {
  const types: readonly unknown[] = Array.isArray(value) ? value : [value];
  return types.length > 0 && types.every((type) => KINDS.has(String(type)));
}

function isPattern(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    return new RegExp(value, 'u').unicode;
  } catch {
    return false;
  }
}
