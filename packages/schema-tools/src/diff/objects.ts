import type { Alternative } from './alternatives.ts';
import type { Compare } from './arrays.ts';
import { type Change, type Compatibility, change } from './change.ts';
import { at, inside, isObject, keyword, listed, members, type Place } from './place.ts';

/** Whether all that a writer's schema allows, a reader's allows. */
type Fits = (writer: Place, reader: Place) => boolean;

interface Sides {
  readonly from: Place;
  readonly to: Place;
  readonly compare: Compare;
  /** Old writer, new reader. */
  readonly backward: Fits;
  /** New writer, old reader. */
  readonly forward: Fits;
}

/**
 * Compares the fields of two objects. The writer is closed: it sends no field that its schema does
 * not name. The reader takes unknown fields unless its schema says otherwise.
 */
export function compareObjects(old: Alternative, now: Alternative, compare: Compare): Change[] {
  const sides: Sides = {
    from: old.place,
    to: now.place,
    compare,
    backward: (writer, reader) => compare(writer, reader).every((each) => each.backward),
    forward: (writer, reader) => compare(reader, writer).every((each) => each.forward),
  };
  return [...compareProperties(sides), ...comparePatterns(sides), ...compareRest(sides)];
}

function compareProperties(sides: Sides): Change[] {
  const { from, to } = sides;
  const [old, now] = [members(from, 'properties'), members(to, 'properties')];
  const [oldRequired, nowRequired] = [requiredOf(from), requiredOf(to)];
  const names = new Set([...Object.keys(old), ...Object.keys(now), ...oldRequired, ...nowRequired]);
  const changes: Change[] = [];
  for (const name of names) {
    const [wasRequired, isRequired] = [oldRequired.has(name), nowRequired.has(name)];
    const presence = { backward: wasRequired || !isRequired, forward: isRequired || !wasRequired };
    const [was, is] = [Object.hasOwn(old, name), Object.hasOwn(now, name)];
    const field = JSON.stringify(name);
    if (was !== is) {
      const flags = {
        backward: presence.backward && fitsNamed(name, from, to, sides.backward),
        forward: presence.forward && fitsNamed(name, to, from, sides.forward),
      };
      const needed = was ? wasRequired : isRequired;
      const rule =
        `property-${was ? 'removed' : 'added'}-${needed ? 'required' : 'optional'}` as const;
      const message = `${needed ? 'required' : 'optional'} field ${field} ${was ? 'removed' : 'added'}`;
      changes.push(change(rule, at(was ? from : to, 'properties', name), flags, message));
      continue;
    }
    if (was) {
      changes.push(
        ...sides.compare(
          inside(from, true, 'properties', name),
          inside(to, true, 'properties', name),
        ),
      );
    }
    if (wasRequired === isRequired) continue;
    const path = is ? at(to, 'properties', name) : at(isRequired ? to : from, 'required');
    const rule = isRequired ? 'property-made-required' : 'property-made-optional';
    changes.push(
      change(rule, path, presence, `${field} is now ${isRequired ? 'required' : 'optional'}`),
    );
  }
  return changes;
}

/** Whether what the writer sends under a name is accepted under it. */
function fitsNamed(name: string, writer: Place, reader: Place, fits: Fits): boolean {
  const written = schemasFor(name, writer, writerRest(writer));
  return schemasFor(name, reader, readerRest(reader)).every((each) =>
    written.some((known) => fits(known, each)),
  );
}

/** Every schema that a field of this name must match. */
function schemasFor(name: string, place: Place, rest: Place): Place[] {
  const named = Object.hasOwn(members(place, 'properties'), name)
    ? [inside(place, true, 'properties', name)]
    : [];
  const matching = patternsOf(place).filter((pattern) => new RegExp(pattern, 'u').test(name));
  const found = [
    ...named,
    ...matching.map((pattern) => inside(place, true, 'patternProperties', pattern)),
  ];
  return found.length > 0 ? found : [rest];
}

function comparePatterns(sides: Sides): Change[] {
  const { from, to } = sides;
  const [old, now] = [patternsOf(from), patternsOf(to)];
  return [...new Set([...old, ...now])].flatMap((pattern) => {
    const [was, is] = [old.includes(pattern), now.includes(pattern)];
    const [a, b] = [
      inside(from, true, 'patternProperties', pattern),
      inside(to, true, 'patternProperties', pattern),
    ];
    if (was && is) return sides.compare(a, b);
    const field = `fields that match ${pattern}`;
    if (is) {
      const flags = {
        backward: fitsPattern(pattern, from, to, sides.backward),
        forward: sides.forward(b, readerRest(from)),
      };
      return [change('pattern-property-added', b.pointer, flags, `${field} got a schema`)];
    }
    const flags = {
      backward: sides.backward(a, readerRest(to)),
      forward: fitsPattern(pattern, to, from, sides.forward),
    };
    return [
      change('pattern-property-removed', a.pointer, flags, `${field} have no schema any more`),
    ];
  });
}

/**
 * Whether whatever the writer may send under a name that matches the reader's pattern is accepted.
 * Which names match two patterns is not worked out: they are taken to overlap.
 */
function fitsPattern(pattern: string, writer: Place, reader: Place, fits: Fits): boolean {
  const wanted = inside(reader, true, 'patternProperties', pattern);
  const names = Object.keys(members(writer, 'properties')).filter((name) =>
    new RegExp(pattern, 'u').test(name),
  );
  const others = patternsOf(writer).map((other) =>
    inside(writer, true, 'patternProperties', other),
  );
  return (
    names.every((name) =>
      schemasFor(name, writer, writerRest(writer)).some((known) => fits(known, wanted)),
    ) && [...others, writerRest(writer)].every((known) => fits(known, wanted))
  );
}

/** Fields that neither `properties` nor `patternProperties` names. */
function compareRest(sides: Sides): Change[] {
  const { from, to } = sides;
  const name = 'additionalProperties';
  const [old, now] = [keyword(from, name) ?? true, keyword(to, name) ?? true];
  if (isObject(old) && isObject(now))
    return [...sides.compare(inside(from, true, name), inside(to, true, name))];
  const flags: Compatibility = {
    backward: sides.backward(writerRest(from), readerRest(to)),
    forward: sides.forward(writerRest(to), readerRest(from)),
  };
  if (old === now) return [];
  const rule =
    openness(now) > openness(old)
      ? 'additional-properties-loosened'
      : 'additional-properties-tightened';
  const path = at(keyword(to, name) === undefined ? from : to, name);
  const meaning =
    now === false
      ? 'unknown fields are refused'
      : now === true
        ? 'unknown fields are accepted'
        : 'unknown fields have a schema';
  return [change(rule, path, flags, meaning)];
}

function openness(value: unknown): number {
  return value === false ? 0 : value === true ? 2 : 1;
}

/** An object that names its fields has no others to a writer; one that names none is free. */
function writerRest(place: Place): Place {
  const rest = readerRest(place);
  if (rest.schema !== true) return rest;
  const names = ['properties', 'patternProperties'].some(
    (name) => keyword(place, name) !== undefined,
  );
  return { ...rest, schema: !names };
}

function readerRest(place: Place): Place {
  return inside(place, true, 'additionalProperties');
}

function requiredOf(place: Place): ReadonlySet<string> {
  return new Set(listed(place, 'required').filter((name) => typeof name === 'string'));
}

function patternsOf(place: Place): string[] {
  return Object.keys(members(place, 'patternProperties'));
}
