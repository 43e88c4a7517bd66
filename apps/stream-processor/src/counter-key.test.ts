import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { counterKey } from './counter-key.ts';

const names = fc
  .tuple(
    fc.constantFrom('page_views', 'clicks'),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('', '~sha256:'),
    fc.nat({ max: 3000 }),
    fc.constantFrom('a', 'é', '語', '👟'),
  )
  .map(([kind, subject, mark, length, filler]) => {
    return `${kind}|${subject}${mark}${filler.repeat(length)}|2026-11-23T10:00`;
  });

test('every name has a key that DynamoDB takes, and no two names share one', () => {
  fc.assert(
    fc.property(names, names, (one, other) => {
      for (const name of [one, other]) {
        expect(Buffer.byteLength(counterKey(name))).toBeLessThanOrEqual(2048);
        expect(counterKey(name).isWellFormed()).toBe(true);
        expect(counterKey(name)).toMatch(/\|2026-11-23T10:00$/);
        // The key of a cut name is no name's own key: a short name cannot stand in for a long one.
        const key = counterKey(name);
        expect(key === name || counterKey(key) !== key).toBe(true);
      }
      expect(counterKey(one) === counterKey(other)).toBe(one === other);
    }),
  );
});

test('a name that fits is its own key, up to the last byte', () => {
  const name = `page_views|${'x'.repeat(2048 - 28)}|2026-11-23T10:00`;
  expect(Buffer.byteLength(name)).toBe(2048);
  expect(counterKey(name)).toBe(name);
  const longer = name.replace('x', 'xx');
  expect(counterKey(longer)).toMatch(/^page_views\|x+~sha256:[0-9a-f]{64}\|2026-11-23T10:00$/);
  expect(Buffer.byteLength(counterKey(longer))).toBe(2048);
});
