import { compare, gt, lte, major, valid } from 'semver';
import type { EventModel, JsonSchema } from '../json-schema.ts';
import type { ReleasedSchema } from '../released.ts';
import { isSchema, type Node, nodesOf, pathsOf } from './nodes.ts';
import type { LintContext, Rule, RuleText } from './rule.ts';

/** Also broken by an event that is not there to be looked at. */
export const EVENT_KEPT: RuleText = {
  id: 'released-event-kept',
  what: 'Every released major of an event stays defined until it is declared as gone.',
  why: 'Its records lie in the stream, the quarantine and the table, and can no longer be read without it.',
  mend: 'Put it back, marked `deprecated`. When no record of it is left anywhere, add the event type to `reserved` of the registry, or the major to `retired`.',
};

/** Rules on what has been released and what is to go. */
export const historyRules: readonly Rule[] = [
  {
    id: 'name-not-reserved',
    what: 'A reserved name is not used again.',
    why: 'Records and tables still hold the old meaning under it; readers would take one for the other.',
    mend: 'Give the new thing a new name.',
    check({ model }, { reserved }) {
      if (model === undefined) return [];
      const gone = new Set(reservedOf(model.schema));
      const fields = nodesOf(model.schema).filter(
        ({ role, path }) => role === 'field' && gone.has(path.join('.')),
      );
      return [
        ...(reserved.includes(model.type)
          ? [{ pointer: '', message: `The event type ${model.type} is reserved.` }]
          : []),
        ...fields.map(({ pointer, path }) => ({
          pointer,
          message: `The name ${path.join('.')} is reserved.`,
        })),
      ];
    },
  },
  {
    id: 'removed-name-reserved',
    what: 'Every field that a released version had, and this one has not, is reserved for good.',
    why: 'Without the entry somebody will use the name again for something else.',
    mend: 'Put the field back, or add its path to `reserved` of the event.',
    check({ model }, { released }) {
      if (model === undefined) return [];
      const kept = pathsOf(model.schema);
      const reserved = new Set(reservedOf(model.schema));
      const missing = new Map<string, string>();
      for (const { version, schema } of earlierThan(model, released)) {
        for (const path of pathsOf(schema)) {
          const covered = prefixesOf(path).some((prefix) => reserved.has(prefix));
          const told = prefixesOf(path).some((prefix) => missing.has(prefix));
          if (kept.has(path) || covered || told) continue;
          missing.set(path, `${path}, which version ${version} had, is gone and not reserved.`);
        }
        for (const path of reservedOf(schema)) {
          if (reserved.has(path) || missing.has(path)) continue;
          missing.set(path, `${path}, which version ${version} reserved, is reserved no more.`);
        }
      }
      return Array.from(missing.values(), (message) => ({ pointer: '', message }));
    },
  },
  {
    id: 'deprecation-announced',
    what: '`since` of a deprecation is the version that announced it.',
    why: 'Whoever reads it looks at what she has installed, to see whether it is told there.',
    mend: 'Name the version that is released next. If this one is released already, let `pnpm schemas bump --write` raise it.',
    check: ({ nodes, model }, { models, released }) =>
      nodes.flatMap(({ schema, pointer }) => {
        const since = deprecationOf(schema)?.since;
        if (since === undefined) return [];
        const events = model === undefined ? models : [model];
        if (events.every(({ version }) => valid(version) !== null && gt(since, version))) {
          const isNext = events.every(({ type, version }) =>
            released.every((each) => each.type !== type || each.version !== version),
          );
          const versions = Array.from(new Set(events.map(({ version }) => version))).join(', ');
          const message = `It says to be deprecated since ${since}; this is ${versions}${isNext ? ', which is not released yet: say that' : ''}.`;
          return [{ pointer, message }];
        }
        const announced = released
          .filter(({ type, version }) => type === model?.type && version === since)
          .flatMap((snapshot) => nodesOf(snapshot.schema))
          .find((node) => node.pointer === pointer);
        if (announced === undefined || deprecationOf(announced.schema) !== undefined) return [];
        return [{ pointer, message: `Version ${since} was released without the deprecation.` }];
      }),
  },
  {
    id: 'deprecation-kept',
    what: 'What is deprecated goes when it was announced to go.',
    why: 'A promise that is not kept is not believed the next time.',
    mend: 'Remove it and add its path to `reserved`, or announce a later major.',
    check: ({ nodes, model }, { models }) =>
      nodes.flatMap(({ schema, pointer }) => {
        const removeIn = deprecationOf(schema)?.removeIn;
        if (removeIn === undefined) return [];
        const late = (model === undefined ? models : [model]).find(
          ({ version }) => valid(version) !== null && lte(removeIn, version),
        );
        const message = `It was to be removed in ${removeIn}; this is ${late?.version}.`;
        return late === undefined ? [] : [{ pointer, message }];
      }),
  },
  {
    id: 'deprecation-target',
    what: '`use` of a deprecation names something that is there and is to stay.',
    why: 'It is the first thing that a caller tries.',
    mend: 'Name a field beside it or of a record around it; for an event, another event.',
    check: ({ nodes, model }, { models }) =>
      nodes.flatMap((node) => {
        const use = deprecationOf(node.schema)?.use;
        if (use === undefined) return [];
        const target =
          node.role === 'event'
            ? models.find(({ type }) => type === use && type !== model?.type)?.schema
            : fieldFor(use, node, model === undefined ? nodes : nodesOf(model.schema));
        const name = JSON.stringify(use);
        if (target === undefined) {
          return [{ pointer: node.pointer, message: `It names ${name}, which is not there.` }];
        }
        if (deprecationOf(target) === undefined) return [];
        const message = `It names ${name}, which is deprecated itself.`;
        return [{ pointer: node.pointer, message }];
      }),
  },
  {
    ...EVENT_KEPT,
    check({ model }, { models, released, retired }) {
      if (model === undefined || newestOf(model.type, models) !== model) return [];
      const defined = new Set(
        models.filter(({ type }) => type === model.type).map(({ version }) => majorOf(version)),
      );
      for (const { type, major: number } of retired) if (type === model.type) defined.add(number);
      const gone = released.filter(
        ({ type, version }) => type === model.type && !defined.has(majorOf(version)),
      );
      return Array.from(new Set(gone.map(({ version }) => majorOf(version))), (number) => ({
        pointer: '',
        message: `Version ${number}.x has been released and is not defined any more.`,
      }));
    },
  },
];

/** The newest release of every event type that is neither defined nor reserved. */
export function eventsGone({ models, released, reserved }: LintContext): ReleasedSchema[] {
  const known = new Set([...models.map(({ type }) => type), ...reserved]);
  const gone = released.filter(({ type }) => !known.has(type));
  return gone.filter(({ type }, index) => gone[index + 1]?.type !== type);
}

interface Deprecation {
  readonly since: string | undefined;
  readonly removeIn: string | undefined;
  readonly use: string | undefined;
}

/** Undefined when the schema is not deprecated. That versions are semantic, the registry sees to. */
function deprecationOf(schema: Node['schema']): Deprecation | undefined {
  const { deprecated, 'x-deprecated': details } = schema;
  if (deprecated !== true && details === undefined) return undefined;
  const { since, removeIn, use } = isSchema(details) ? details : {};
  const versionIn = (value: unknown): string | undefined =>
    typeof value === 'string' && valid(value) !== null ? value : undefined;
  return {
    since: versionIn(since),
    removeIn: versionIn(removeIn),
    use: typeof use === 'string' ? use : undefined,
  };
}

/** The field that `use` means: the nearest of that name, from beside the node outwards. */
function fieldFor(use: string, { path }: Node, nodes: readonly Node[]): JsonSchema | undefined {
  const around = path.map((_, index) => [...path.slice(0, path.length - 1 - index), use].join('.'));
  return around
    .filter((wanted) => wanted !== path.join('.'))
    .map((wanted) => nodes.find((node) => node.role === 'field' && node.path.join('.') === wanted))
    .find((node) => node !== undefined)?.schema;
}

function reservedOf(schema: Node['schema']): string[] {
  const reserved = schema['x-reserved'];
  return Array.isArray(reserved)
    ? reserved.filter((name): name is string => typeof name === 'string')
    : [];
}

/** `a.b.c` → `a`, `a.b`, `a.b.c`. */
function prefixesOf(path: string): string[] {
  const names = path.split('.');
  return names.map((_, index) => names.slice(0, index + 1).join('.'));
}

function earlierThan(model: EventModel, released: readonly ReleasedSchema[]): ReleasedSchema[] {
  if (valid(model.version) === null) return [];
  return released.filter(({ type, version }) => type === model.type && lte(version, model.version));
}

function newestOf(type: string, models: readonly EventModel[]): EventModel | undefined {
  return models
    .filter((model) => model.type === type && valid(model.version) !== null)
    .toSorted((a, b) => compare(a.version, b.version))
    .at(-1);
}

function majorOf(version: string): number | undefined {
  return valid(version) === null ? undefined : major(version);
}
