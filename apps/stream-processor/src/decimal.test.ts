import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDecimal, parseDecimal } from './decimal.ts';

/** Amounts up to a hundred thousand million, in ten-thousandths. */
const units = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });

test('what has at most four decimals is read as it was written', () => {
  fc.assert(
    fc.property(units, (value) => {
      expect(parseDecimal(Number(value) / 10_000)).toBe(value);
      expect(parseDecimal(Number(formatDecimal(value)))).toBe(value);
    }),
  );
});

test('sums are exact where binary ones are not', () => {
  const tenth = parseDecimal(0.1) ?? 0n;
  const fifth = parseDecimal(0.2) ?? 0n;
  expect(formatDecimal(tenth + fifth)).toBe('0.3');
  const sum = Array.from({ length: 1_000_000 }, () => parseDecimal(19.99) ?? 0n).reduce(
    (left, right) => left + right,
  );
  expect(formatDecimal(sum)).toBe('19990000');
});

test.each([
  [0, '0'],
  [-0, '0'],
  [19.99, '19.99'],
  [-0.5, '-0.5'],
  [0.0001, '0.0001'],
  [100_000_000_000, '100000000000'],
  [1e21, '1000000000000000000000'],
])('%s is %s', (value, text) => {
  expect(formatDecimal(parseDecimal(value) ?? 1n)).toBe(text);
});

test.each([0.00001, 1e-7, 0.1 + 0.2, Number.NaN, Number.POSITIVE_INFINITY])(
  '%s has no exact form with four decimals',
  (value) => {
    expect(parseDecimal(value)).toBeUndefined();
  },
);
