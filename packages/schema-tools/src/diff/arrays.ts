import type { Alternative } from './alternatives.ts';
import { type Change, change, compatibilityOf, excuse } from './change.ts';
import { inside, keyword, listed, type Place } from './place.ts';

/** Compares two schemas; given to what compares the parts of one. */
export type Compare = (from: Place, to: Place) => readonly Change[];

/** Compares the elements of two arrays, position by position and then the rest. */
export function compareArrays(from: Alternative, to: Alternative, compare: Compare): Change[] {
  const [old, now] = [
    listed(from.place, 'prefixItems').length,
    listed(to.place, 'prefixItems').length,
  ];
  const longest = Math.max(old, now);
  const changes: Change[] = [];
  for (let index = 0; index <= longest; index += 1) {
    const [a, b] = [element(from.place, index, old), element(to.place, index, now)];
    const found = compare(a, b);
    // An array that ends before this position has nothing here to disagree about.
    const ends = { backward: endsBy(from.place, index), forward: endsBy(to.place, index) };
    const isTuple = index < longest && index >= Math.min(old, now);
    if (!isTuple) changes.push(...found.map((each) => excuse(each, ends)));
    else if (found.length > 0) {
      const rule = old < now ? 'tuple-item-added' : 'tuple-item-removed';
      const message = `position ${index} ${old < now ? 'got a schema of its own' : 'has no schema of its own any more'}`;
      const path = old < now ? b.pointer : a.pointer;
      changes.push(excuse(change(rule, path, compatibilityOf(found), message), ends));
    }
  }
  return changes;
}

function element(place: Place, index: number, prefix: number): Place {
  return index < prefix
    ? inside(place, true, 'prefixItems', String(index))
    : inside(place, true, 'items');
}

function endsBy(place: Place, index: number): boolean {
  const most = keyword(place, 'maxItems');
  return typeof most === 'number' && most <= index;
}
