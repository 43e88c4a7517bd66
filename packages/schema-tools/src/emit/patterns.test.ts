import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { timestamp, url } from '../fields.ts';
import {
  isHttpUrlOnly,
  isUtcMillisecondsOnly,
  isWellFormedOnly,
  patternLiteral,
} from './patterns.ts';

const WELL_FORMED = /^\P{Cs}*$/u;

/** The literal as the engine reads it. */
function read(literal: string): RegExp {
  const [, source = '', flags] = /^\/(.*)\/(\w*)$/s.exec(literal) ?? [];
  return new RegExp(source, flags);
}

test.each([
  ['^[0-9a-f]{12}$', '^[0-9a-f]{3}[0-9a-f]{3}[0-9a-f]{3}[0-9a-f]{3}$'],
  ['^[0-9a-f]{8}-x$', '^[0-9a-f]{3}[0-9a-f]{3}[0-9a-f]{2}-x$'],
  ['^\\d{4}-\\d{2}$', '^\\d{3}\\d-\\d{2}$'],
  // what cannot be told from its text alone, or is long, stays as it is
  ['^\\[a\\]{4}$', '^\\[a\\]{4}$'],
  ['^\\\\d{4}$', '^\\\\d{4}$'],
  ['^[\\d]{5}$', '^[\\d]{5}$'],
  ['^(?:ab){5}$', '^(?:ab){5}$'],
  ['^[a]{4,}$', '^[a]{4,}$'],
  ['^[a]{4}?$', '^[a]{4}?$'],
  ['^[a]{500}$', '^[a]{500}$'],
])('%s becomes %s', (source, fast) => {
  expect(patternLiteral(new RegExp(source, 'u'))).toBe(`/${fast}/u`);
});

const atom = fc.constantFrom(
  '[0-9a-f]',
  '\\d',
  '[^x]',
  'a',
  '\\[',
  '[[a]',
  '[\\[b]',
  '\\\\',
  '\\p{L}',
  '.',
);
const times = fc.integer({ min: 0, max: 9 });
const quantified = fc
  .tuple(atom, fc.option(times), fc.constantFrom('', '', '?'))
  .map(([of, count, lazy]) => (count === null ? of : `${of}{${count}}${lazy}`));
const text = fc.string({
  unit: fc.constantFrom('a', '0', 'd', '[', ']', '\\', 'x', '\n'),
  maxLength: 30,
});

test('matches the same strings as before', () => {
  let matched = 0;
  fc.assert(
    fc.property(fc.array(quantified, { minLength: 1, maxLength: 3 }), text, (parts, value) => {
      for (const source of [`^${parts.join('')}$`, parts.join('')]) {
        const pattern = new RegExp(source, 'u');
        matched += pattern.test(value) ? 1 : 0;
        expect(read(patternLiteral(pattern)).test(value)).toBe(pattern.test(value));
      }
    }),
    { numRuns: 5000 },
  );
  expect(matched).toBeGreaterThan(500);
});

test('knows the pattern that isWellFormed() answers, and that the two agree', () => {
  expect(isWellFormedOnly(WELL_FORMED)).toBe(true);
  expect(isWellFormedOnly(/^\P{Cs}+$/u)).toBe(false);
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\n', '\ud83d', '\ude00', '\u{1f600}') }),
      (value) => {
        expect(value.isWellFormed()).toBe(WELL_FORMED.test(value));
      },
    ),
  );
});

test('knows the pattern of URLs', () => {
  const { pattern = '' } = url({
    description: 'Where.',
    examples: ['https://shop.example/'],
  });
  expect(isHttpUrlOnly(new RegExp(pattern, 'u'))).toBe(true);
  expect(isHttpUrlOnly(/^https:/u)).toBe(false);
});

test('knows the pattern of timestamps', () => {
  const { pattern = '' } = timestamp({
    description: 'When.',
    examples: ['2026-11-23T10:00:00.000Z'],
  });
  expect(isUtcMillisecondsOnly(new RegExp(pattern, 'u'))).toBe(true);
  expect(isUtcMillisecondsOnly(/^\d{4}-\d{2}-\d{2}$/u)).toBe(false);
});
