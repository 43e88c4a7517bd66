import { PermanentError } from '@clickstream/consumer';
import { clickSample, pageViewSample, purchaseSample } from '@clickstream/events';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { storeEvent } from '../test/store-events.ts';
import { formatDecimal } from './decimal.ts';
import { clicks, pageViews, revenue } from './projections.ts';
import { planTransaction } from './transaction.ts';

test('names the counters and says by how much', () => {
  const timestamp = '2026-11-23T10:59:59.999Z';
  expect(pageViews({ ...pageViewSample, url: 'https://shop.example/a|b', timestamp })).toEqual({
    counter: 'page_views|https://shop.example/a|b|2026-11-23T10:59',
    by: 10_000n,
  });
  expect(clicks({ ...clickSample, element_id: 'buy', timestamp })).toEqual({
    counter: 'clicks|buy|2026-11-23T10:59',
    by: 10_000n,
  });
  const purchase = { ...purchaseSample, amount: 19.99, currency: 'EUR', timestamp };
  expect(revenue(purchase)).toEqual({ counter: 'revenue|EUR|2026-11-23', by: 199_900n });
});

test.each([
  ['2026-11-24T00:59:59+01:00', '2026-11-23T23:59'],
  ['2026-11-23T23:59:59.9999999Z', '2026-11-23T23:59'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00'],
  ['0000-01-01T00:00:00+01:00', '-000001-12-31T23:00'],
])('%s is in the minute %s of UTC', (timestamp, minute) => {
  const { counter } = clicks({ ...clickSample, element_id: 'buy', timestamp });
  expect(counter).toBe(`clicks|buy|${minute}`);
});

test('what cannot be counted exactly is rejected for good', () => {
  expect(() => revenue({ ...purchaseSample, amount: 0.123456 })).toThrow(PermanentError);
  expect(() => pageViews({ ...pageViewSample, timestamp: 'yesterday' })).toThrow(PermanentError);
});

test('however purchases are spread over transactions, the revenue is exact', () => {
  const purchases = fc.array(
    fc.record({ units: fc.nat({ max: 10 ** 9 }), currency: fc.constantFrom('EUR', 'CHF', 'JPY') }),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(purchases, (list) => {
      let rest = list.map(({ units, currency }, number) => {
        const event = { ...purchaseSample, amount: units / 10_000, currency };
        return storeEvent(number, { increments: [revenue(event)] });
      });
      const sums = new Map<string, bigint>();
      while (rest.length > 0) {
        const plan = planTransaction(rest);
        for (const [name, by] of plan.counters) sums.set(name, (sums.get(name) ?? 0n) + by);
        rest = rest.slice(plan.events.length);
      }
      for (const [name, sum] of sums) {
        const currency = name.split('|')[1];
        const direct = list
          .filter((purchase) => purchase.currency === currency)
          .reduce((total, { units }) => total + units, 0);
        expect(formatDecimal(sum)).toBe(formatDecimal(BigInt(direct)));
      }
      expect(sums.size).toBe(new Set(list.map(({ currency }) => currency)).size);
    }),
  );
});
