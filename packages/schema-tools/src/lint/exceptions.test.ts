import { expect, test } from 'vitest';
import { at, bookingModel, contextOf } from '../../test/lint-fixtures.ts';
import { isDay } from './exceptions.ts';
import { lintEvents } from './lint.ts';

const BOOKING = '/properties/booking';
const PRICE = '/properties/nights/items/properties/price';
const sound = { rule: 'string-bounded', reason: 'Their ids grow.', until: '2027-03-01' };

/** What is found on a day, when the booking is unbounded and has these exceptions. */
function lint(
  exceptions: unknown,
  { today = '2026-11-23', pointer = BOOKING, bounded = false } = {},
) {
  const model = bookingModel((schema) => {
    if (!bounded) delete at(schema, BOOKING)['maxLength'];
    at(schema, pointer)['x-lint-ignore'] = exceptions;
  });
  return lintEvents(contextOf([model], { today })).map(({ rule, path }) => `${rule.id} ${path}`);
}

test('an exception holds to its last day', () => {
  expect(lint([sound])).toEqual([]);
  expect(lint([sound], { today: '2027-03-01' })).toEqual([]);
  expect(lint([sound], { today: '2027-03-02' })).toEqual([
    `string-bounded ${BOOKING}`,
    `exception-current ${BOOKING}/x-lint-ignore/0`,
  ]);
});

test('an exception holds for its rule, in its place, and nowhere else', () => {
  expect(lint([{ ...sound, rule: 'pii-marked' }])).toEqual([
    `string-bounded ${BOOKING}`,
    `exception-used ${BOOKING}/x-lint-ignore/0`,
  ]);
  expect(lint([sound], { pointer: '' })).toEqual([
    `string-bounded ${BOOKING}`,
    'exception-used /x-lint-ignore/0',
  ]);
  expect(lint([sound], { pointer: PRICE })).toEqual([
    `string-bounded ${BOOKING}`,
    `exception-used ${PRICE}/x-lint-ignore/0`,
  ]);
});

test('an exception that covers nothing any more is found', () => {
  expect(lint([sound], { bounded: true })).toEqual([`exception-used ${BOOKING}/x-lint-ignore/0`]);
});

test.each([
  [{ ...sound, reason: undefined }],
  [{ ...sound, reason: ' ' }],
  [{ ...sound, until: undefined }],
  [{ ...sound, until: '2027-02-30' }],
  [{ ...sound, until: 'soon' }],
  [{ ...sound, until: '2027-11-25' }],
  [{ ...sound, rule: 'string-bound' }],
  [{ ...sound, rule: 'exception-used' }],
  ['string-bounded'],
  [null],
])('%j excepts from nothing and is found', (exception) => {
  expect(lint([sound, exception])).toEqual([`exception-complete ${BOOKING}/x-lint-ignore/1`]);
  expect(lint([exception])).toEqual([
    `string-bounded ${BOOKING}`,
    `exception-complete ${BOOKING}/x-lint-ignore/0`,
  ]);
});

test('a longest exception lasts a year and a day', () => {
  expect(lint([{ ...sound, until: '2027-11-24' }])).toEqual([]);
});

test('exceptions that are no list are one that is wrong', () => {
  expect(lint(sound)).toEqual([]);
  expect(lint(true)).toContain(`exception-complete ${BOOKING}/x-lint-ignore/0`);
});

test('an exception of an event covers what is found about the event, wherever in it', () => {
  const model = bookingModel((schema) => {
    schema['required'] = ['booking'];
    schema['x-lint-ignore'] = [{ ...sound, rule: 'envelope-kept' }];
  });
  expect(lintEvents(contextOf([model]))).toEqual([]);
});

test.each([
  ['2026-02-28', true],
  ['2026-02-29', false],
  ['2028-02-29', true],
  ['2026-13-01', false],
  ['2026-1-1', false],
  ['2026-01-01T00:00:00Z', false],
])('%s is a day: %s', (text, expected) => {
  expect(isDay(text)).toBe(expected);
});
