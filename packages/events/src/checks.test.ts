import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  codePoints,
  hasDecimals,
  isAtLeast,
  isAtMost,
  isDateTime,
  isHttpUrl,
  isUri,
  isUtcMilliseconds,
} from './checks.ts';

const anyText = fc.string({
  unit: fc.constantFrom('a', '\u{1F600}', '\uD800', '\uDC00', 'é'),
  maxLength: 40,
});

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

test('lengths count code points, as iteration does', () => {
  fc.assert(
    fc.property(anyText, fc.nat(45), (value, bound) => {
      const length = Array.from(value).length;
      expect(codePoints(value)).toBe(length);
      expect(isAtLeast(value, bound)).toBe(length >= bound);
      expect(isAtMost(value, bound)).toBe(length <= bound);
    }),
  );
});

test('decimals are those of the shortest form', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 15), max: 10 ** 15 }), (scaled) => {
      const [digits, sign] = [String(Math.abs(scaled)).padStart(5, '0'), scaled < 0 ? '-' : ''];
      const value = Number(`${sign}${digits.slice(0, -4)}.${digits.slice(-4)}`);
      expect(hasDecimals(value, 10_000)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e11, noNaN: true }), (value) => {
      const decimals = /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0;
      expect(hasDecimals(value, 10_000)).toBe(decimals <= 4);
    }),
    { numRuns: 2000 },
  );
});

test('a day exists when the calendar has it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 0, max: 14 }),
      fc.integer({ min: 0, max: 33 }),
      (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}T12:00:00.000Z`;
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        const exists =
          month >= 1 &&
          month <= 12 &&
          date.getUTCMonth() === month - 1 &&
          date.getUTCDate() === day &&
          day > 0;
        expect(isDateTime(text)).toBe(exists);
      },
    ),
    { numRuns: 2000 },
  );
});

test.each([
  '2026-01-01',
  '2026-01-01T00:00:00',
  '2026-01-01T25:00:00Z',
  '2026-01-01T00:60:00Z',
  'x2026-01-01T00:00:00Z',
])('%s is no date-time', (value) => {
  expect(isDateTime(value)).toBe(false);
});

test('UTC milliseconds are the date-times that the pattern of a timestamp leaves', () => {
  const digits = (max: number) => fc.integer({ min: 0, max }).map(twoDigits);
  const common = fc
    .tuple(digits(99), digits(14), digits(33), digits(25), digits(62), digits(62), fc.nat(999))
    .map(
      ([year, month, day, hour, minute, second, ms]) =>
        `20${year}-${month}-${day}T${hour}:${minute}:${second}.${String(ms).padStart(3, '0')}Z`,
    );
  const odd = fc.constantFrom(...Array.from('09:/-TtZz.+ é'), '');
  const changed = fc
    .tuple(common, fc.nat(24), odd)
    .map(([text, index, character]) => text.slice(0, index) + character + text.slice(index + 1));
  let [valid, invalid] = [0, 0];
  fc.assert(
    fc.property(fc.oneof(common, changed), (value) => {
      const expected = TIMESTAMP.test(value) && isDateTime(value);
      if (expected) valid += 1;
      else invalid += 1;
      expect(isUtcMilliseconds(value)).toBe(expected);
    }),
    { numRuns: 20_000 },
  );
  expect(Math.min(valid, invalid)).toBeGreaterThan(2_000);
});

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/u;

const HTTP_URL = /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s\p{Cs}/?#\\][^\s\p{Cs}]*$/u;

test('a URI is what the URL parser takes, also on the short cut', () => {
  const part = fc.constantFrom(
    ...Array.from('a0-.:@[]%/?#x_ é1'),
    'xn--',
    '--',
    '255',
    '0x',
    'https://',
    'http://',
    'localhost',
  );
  fc.assert(
    fc.property(
      fc.constantFrom('https://', 'http://', 'HTTP://', 'ftp://', '', 'https:'),
      fc.array(part, { maxLength: 8 }),
      (scheme, parts) => {
        const value = scheme + parts.join('');
        expect(isUri(value)).toBe(URL.canParse(value));
        expect(isHttpUrl(value)).toBe(HTTP_URL.test(value) && URL.canParse(value));
      },
    ),
    { numRuns: 20_000 },
  );
});
