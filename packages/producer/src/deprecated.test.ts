import { pageView } from '@clickstream/events';
import { expect, test } from 'vitest';
import { ByteArena } from './byte-arena.ts';
import { deprecatedIn } from './deprecated.ts';
import { sealEvent } from './seal-event.ts';
import { TrackedEvent } from './tracked-event.ts';

const purchase = {
  user_id: 'u1',
  coupon: undefined,
  title: '',
  total: { amount: null },
  items: [{ id: 'a' }, { id: 'b', name: 'B' }],
  lists: [[{ deep: 0 }]],
};

test.each([
  ['purchase', true],
  ['purchase.title', true],
  ['purchase.coupon', false],
  ['purchase.missing', false],
  ['purchase.constructor', false],
  ['purchase.total.amount', true],
  ['purchase.total.amount.value', false],
  ['purchase.title.length', false],
  ['purchase.items', true],
  ['purchase.items.name', true],
  ['purchase.items.0', false],
  ['purchase.items.price', false],
  ['purchase.lists.deep', true],
])('%s is set: %s', (key, isSet) => {
  expect(deprecatedIn(purchase, [key])).toEqual(isSet ? [key] : []);
});

test('an event without anything deprecated is not even looked at', () => {
  const event = {
    get title(): never {
      throw new Error('looked at');
    },
  };
  expect(deprecatedIn(event, [])).toEqual([]);
});

test('a sealed event says what it has that is deprecated', () => {
  const contract = { ...pageView, deprecated: ['page_view.title', 'page_view.referrer'] };
  const view = { user_id: 'user-1', url: 'https://shop.example/' };
  const seal = (input: object) => {
    const event = new TrackedEvent('page_view', contract, input);
    sealEvent(event, contract, 1_000, new ByteArena());
    return event.deprecated;
  };
  expect(seal(view)).toEqual([]);
  expect(seal({ ...view, title: 'Home' })).toEqual(['page_view.title']);
});
