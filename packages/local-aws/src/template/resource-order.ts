import { LocalAwsError } from '../local-aws-error.ts';
import { isRecord, type JsonRecord } from './json.ts';

/**
 * The logical ids of a template's resources, each after those that it refers to or depends on.
 *
 * @throws {@link LocalAwsError} `invalid_template` when resources depend on each other in a circle
 */
export function resourceOrder(resources: JsonRecord): readonly string[] {
  const ordered = new Set<string>();
  const path: string[] = [];

  function visit(id: string): void {
    if (ordered.has(id)) return;
    if (path.includes(id))
      throw new LocalAwsError(
        'invalid_template',
        `Resources depend on each other in a circle: ${[...path.slice(path.indexOf(id)), id].join(' → ')}.`,
      );
    path.push(id);
    for (const other of mentions(resources[id], resources)) visit(other);
    path.pop();
    ordered.add(id);
  }

  for (const id of Object.keys(resources)) visit(id);
  return [...ordered];
}

function mentions(value: unknown, resources: JsonRecord): Set<string> {
  const found = new Set<string>();
  const add = (name: unknown) => {
    if (typeof name === 'string' && name in resources) found.add(name);
  };
  const search = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(search);
    if (!isRecord(part)) return;
    for (const [key, member] of Object.entries(part)) {
      if (key === 'Ref') add(member);
      else if (key === 'DependsOn') [member].flat().forEach(add);
      else if (key === 'Fn::GetAtt') add([member].flat().join('.').split('.')[0]);
      else if (key === 'Fn::Sub') substitutions(member).forEach(add);
      search(member);
    }
  };
  search(value);
  return found;
}

function substitutions(argument: unknown): string[] {
  const template: unknown = Array.isArray(argument) ? argument[0] : argument;
  if (typeof template !== 'string') return [];
  return [...template.matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, name = '']) => name);
}
