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
  return Array.from(new Set([...old.keys(), ...now.keys()])).flatMap((name): Change[] => {
    const [was, is] = [old.get(name), now.get(name)];
    if (same(was?.value, is?.value)) return [];
    const path = (is ?? was)?.path ?? '';
    const names = name === 'title' ? [typeName(from), typeName(to)] : [];
    if (names[0] !== names[1]) {
      const message = `the interface ${names[0] ?? 'without a title'} is now ${names[1] ?? 'without a title'}`;
      return [change('type-renamed', path, BOTH, message)];
    }
    const verb = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    if (name !== 'deprecated') {
      return [change('annotation-changed', path, BOTH, `${name} ${verb}`)];
    }
    return is?.value === true
      ? [change('deprecation-added', path, BOTH, 'deprecated')]
      : [change('deprecation-removed', path, BOTH, 'no longer deprecated')];
  });
}

interface Annotation {
  readonly value: unknown;
  readonly path: string;
}

/** Those beside a `$ref` and those of its target. */
function annotationsOf(place: Place): ReadonlyMap<string, Annotation> {
  const own = (owner: Place) =>
    Object.entries(isObject(owner.schema) ? owner.schema : {})
      .filter(([name]) => isAnnotation(name))
      .map(([name, value]) => [name, { value, path: at(owner, name) }] as const);
  return new Map([...own(followRefs(place)), ...own(place)]);
}

/** A record inside an event is an exported interface that `title` names; see emit/types.ts. */
function typeName(place: Place): string | undefined {
  const target = followRefs(place);
  const title = keyword(target, 'title');
  const isRecord = target.pointer !== '' && Object.keys(members(target, 'properties')).length > 0;
  return isRecord && typeof title === 'string' && /^[A-Z]\w*$/.test(title) ? title : undefined;
}
