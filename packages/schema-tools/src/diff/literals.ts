import type { Alternative } from './alternatives.ts';
import { type Change, change } from './change.ts';
import { openWords } from './facets.ts';
import { at, same } from './place.ts';

/** Compares what two alternatives of one kind say about single values. */
export function compareLiterals(from: Alternative, to: Alternative): Change[] {
  const [old, now] = [from.values, to.values];
  if (old !== undefined && now !== undefined) return compareValues(from, to, old, now);
  const [oldOpen, nowOpen] = [openWords(from), openWords(to)];
  const open = at(nowOpen === undefined ? from.place : to.place, 'x-open-enum');
  if (old !== undefined) {
    if (nowOpen === undefined) {
      return [
        change(
          'enum-removed',
          from.path,
          { backward: true, forward: false },
          `any ${to.kind}, no longer only ${show(old)}`,
        ),
      ];
    }
    const forward = nowOpen.every((word) => includes(old, word));
    return [
      change(
        'enum-opened',
        open,
        { backward: true, forward },
        `an open enum of ${show(nowOpen)}, no longer only ${show(old)}`,
      ),
    ];
  }
  if (now !== undefined) {
    const backward = oldOpen?.every((word) => includes(now, word)) ?? false;
    const message = `only ${show(now)}`;
    return [
      change(
        oldOpen === undefined ? 'enum-added' : 'enum-closed',
        to.path,
        { backward, forward: true },
        message,
      ),
    ];
  }
  return compareOpen(oldOpen, nowOpen, open);
}

function compareValues(
  from: Alternative,
  to: Alternative,
  old: readonly unknown[],
  now: readonly unknown[],
): Change[] {
  const added = now.filter((value) => !includes(old, value));
  const removed = old.filter((value) => !includes(now, value));
  const isConst = [from, to].every(({ path }) => path.endsWith('/const'));
  if (isConst && added.length > 0) {
    return [
      change(
        'const-changed',
        to.path,
        { backward: false, forward: false },
        `${show(removed)} → ${show(added)}`,
      ),
    ];
  }
  return [
    ...(removed.length === 0
      ? []
      : [
          change(
            'enum-narrowed',
            to.path,
            { backward: false, forward: true },
            `no longer ${show(removed)}`,
          ),
        ]),
    ...(added.length === 0
      ? []
      : [
          change(
            'enum-widened',
            to.path,
            { backward: true, forward: false },
            `also ${show(added)}`,
          ),
        ]),
  ];
}

/** Readers take any string before and after; only what writers send, and the types, change. */
function compareOpen(
  old: readonly unknown[] | undefined,
  now: readonly unknown[] | undefined,
  path: string,
): Change[] {
  const both = { backward: true, forward: true };
  if (old === undefined && now === undefined) return [];
  if (old === undefined)
    return [change('open-enum-added', path, both, `an open enum of ${show(now ?? [])}`)];
  if (now === undefined)
    return [change('open-enum-removed', path, both, 'any string, no longer an open enum')];
  const added = now.filter((word) => !includes(old, word));
  const removed = old.filter((word) => !includes(now, word));
  return [
    ...(removed.length === 0
      ? []
      : [change('open-enum-narrowed', path, both, `no longer sent: ${show(removed)}`)]),
    ...(added.length === 0 ? [] : [change('open-enum-widened', path, both, `also ${show(added)}`)]),
  ];
}

function includes(values: readonly unknown[], value: unknown): boolean {
  return values.some((other) => same(other, value));
}

function show(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}
