import type { TargetReport } from './targets.ts';

/** A promise, its bound, what was found (lowest–highest) and whether that keeps it. */
export function targetRow({
  name,
  atLeast,
  atMost,
  found,
  reached,
}: TargetReport): readonly string[] {
  const bound = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  if (found === undefined || reached === 'not measured') return [name, bound, '–', 'not measured'];
  const [median, min, max] = [found.median, found.min, found.max].map((value) =>
    Number(value.toPrecision(3)),
  );
  return [name, bound, `${median} (${min}–${max})`, reached ? 'reached' : 'MISSED'];
}
