import { type Change, change } from './change.ts';
import { at, followRefs, isObject, keyword, members, type Place, same } from './place.ts';

const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);
const BOTH = { backward: true, forward: true };

/** Whether a keyword says something about a value without refusing any. */
export function isAnnotation(name: string): boolean {
  return ANNOTATIONS.has(name) || (name.startsWith('x-') && name !== 'x-open-enum');
}

/** Differences that no validator sees. */
export function compareAnnotations(from: Place, to: Place): Change[] {
  const [old, now] = [annotationsOf(from), annotationsOf(to)];
  const changes: Change[] = [];
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (same(old[name], now[name])) continue;
    const path = at(name in now ? to : from, name);
    if (name === 'deprecated') {
      const rule = now[name] === true ? 'deprecation-added' : 'deprecation-removed';
      changes.push(
        change(rule, path, BOTH, now[name] === true ? 'deprecated' : 'no longer deprecated'),
      );
    } else if (name === 'title' && typeName(from) !== typeName(to)) {
      changes.push(
        change(
          'type-renamed',
          path,
          BOTH,
          `the interface ${typeName(from) ?? '(unnamed)'} is now called ${typeName(to) ?? 'after its place'}`,
        ),
      );
    } else {
      const verb = !(name in old) ? 'added' : name in now ? 'changed' : 'removed';
      changes.push(change('annotation-changed', path, BOTH, `${name} ${verb}`));
    }
  }
  return changes;
}

/** Those beside a `$ref` and those of its target. */
function annotationsOf(place: Place): Readonly<Record<string, unknown>> {
  const own = (schema: Place['schema']) =>
    Object.entries(isObject(schema) ? schema : {}).filter(([name]) => isAnnotation(name));
  return Object.fromEntries([...own(followRefs(place).schema), ...own(place.schema)]);
}

/** A record inside an event is an exported interface that `title` names; see emit/types.ts. */
function typeName(place: Place): string | undefined {
  const title = keyword(place, 'title');
  const isRecord = place.pointer !== '' && Object.keys(members(place, 'properties')).length > 0;
  return isRecord && typeof title === 'string' && /^[A-Z]\w*$/.test(title) ? title : undefined;
}
