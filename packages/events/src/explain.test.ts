import { describe, expect, test } from 'vitest';
import { formatIssues } from './explain.ts';
import { pageView, purchase, purchaseSample } from './gen/index.ts';

const input = { user_id: 'u', url: 'https://shop.example/' };

function thrower(): never {
  throw new Error('no');
}

describe('issues', () => {
  test.each([
    ['a missing field', { user_id: 'u' }, '/url', 'an absolute http or https URL', 'nothing'],
    ['a wrong type', { ...input, title: 5 }, '/title', 'a string of at most 1024 characters', '5'],
    ['an unknown field', { ...input, utl: 'x' }, '/utl', 'no field of this name', '"x"'],
    [
      'a URL that is none',
      { ...input, url: 'shop' },
      '/url',
      'an absolute http or https URL',
      '"shop"',
    ],
    [
      'a lone surrogate',
      { ...input, user_id: '\uD800' },
      '/user_id',
      'a well-formed string of 1 to 256 characters',
      '"\\ud800"',
    ],
    [
      'a symbol',
      { ...input, user_id: Symbol('u') },
      '/user_id',
      'a well-formed string of 1 to 256 characters',
      'a symbol',
    ],
    [
      'a bigint',
      { ...input, title: 1n },
      '/title',
      'a string of at most 1024 characters',
      'a bigint',
    ],
    [
      'an object',
      { ...input, title: {} },
      '/title',
      'a string of at most 1024 characters',
      'an object',
    ],
    ['null', null, '', 'an object', 'null'],
    ['an array', [1], '', 'an object', 'an array of 1 item'],
  ])('name %s', (_what, value, path, expected, received) => {
    expect(pageView.explainInput(value)).toEqual([{ path, expected, received }]);
  });

  test.each([
    ['NaN', Number.NaN, 'NaN'],
    ['Infinity', Number.POSITIVE_INFINITY, 'Infinity'],
    ['a sum in binary floating point', 0.1 + 0.2, '0.30000000000000004'],
    ['too much', 1e11 + 1, '100000000001'],
    ['less than nothing', -0.01, '-0.01'],
  ])('name the bounds of an amount for %s', (_what, amount, received) => {
    const expected = 'a finite number from 0 to 100000000000 with at most 4 decimals';
    expect(purchase.explain({ ...purchaseSample, amount })).toEqual([
      { path: '/amount', expected, received },
    ]);
  });

  test('point into arrays and escape names', () => {
    const items = [purchaseSample.items[0], { ...purchaseSample.items[0], quantity: 0.5 }];
    expect(purchase.explain({ ...purchaseSample, items })).toEqual([
      { path: '/items/1/quantity', expected: 'a whole number from 1 to 1000000', received: '0.5' },
    ]);
    expect(pageView.explainInput({ ...input, 'a/b~c': 1 })[0]?.path).toBe('/a~1b~0c');
  });

  test('count the items of a list', () => {
    const items = Array.from({ length: 500 }, () => ({ product_id: 'p', quantity: 1, price: 1 }));
    expect(purchase.is({ ...purchaseSample, items })).toBe(true);
    const tooMany = { ...purchaseSample, items: [...items, ...items.slice(0, 1)] };
    expect(purchase.is(tooMany)).toBe(false);
    expect(purchase.explain(tooMany)).toEqual([
      {
        path: '/items',
        expected: 'an array of at most 500 items',
        received: 'an array of 501 items',
      },
    ]);
  });

  test('cut long values short', () => {
    const [issue] = pageView.explainInput({ ...input, user_id: '\u{1F600}'.repeat(257) });
    expect(issue?.received).toBe(`"${'\u{1F600}'.repeat(60)}…" (257 characters)`);
    const huge = pageView.explainInput({ ...input, title: 'a'.repeat(9_000_000) });
    expect(formatIssues(huge)).toBe(
      `/title: expected a string of at most 1024 characters, received "${'a'.repeat(60)}…" (9000000 characters)`,
    );
  });

  test('are at most twenty', () => {
    const unknown = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`field_${n}`, n]));
    expect(pageView.explainInput(unknown)).toHaveLength(20);
    const items = Array.from({ length: 100 }, () => ({}));
    expect(purchase.explain({ ...purchaseSample, items })).toHaveLength(20);
  });
});

describe('values that fight back', () => {
  const traps = {
    get: thrower,
    has: thrower,
    ownKeys: thrower,
    getPrototypeOf: thrower,
    getOwnPropertyDescriptor: thrower,
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const revokedArray = Proxy.revocable([], {});
  revokedArray.revoke();
  const cycle: Record<string, unknown> = { ...input };
  cycle['title'] = cycle;
  const getter = Object.defineProperty({ ...input }, 'title', { enumerable: true, get: thrower });

  test.each<[string, unknown]>([
    ['a proxy that throws', new Proxy({ ...input }, traps)],
    ['a proxy array that throws', new Proxy([], traps)],
    ['a revoked proxy', revoked.proxy],
    ['a revoked proxy as a field', { ...input, url: revoked.proxy }],
    ['a revoked proxy array as a field', { ...purchaseSample, items: revokedArray.proxy }],
    ['a getter that throws', getter],
    ['a cycle', cycle],
    [
      'an object that throws as a string',
      { ...input, title: { toString: thrower, [Symbol.toPrimitive]: thrower } },
    ],
    ['a function', thrower],
    [
      'a __proto__ key',
      JSON.parse('{"user_id":"u","url":"https://a.example","__proto__":{"title":1}}'),
    ],
  ])('%s is refused and explained', (_what, value) => {
    for (const contract of [pageView, purchase]) {
      expect(contract.is(value)).toBe(false);
      expect(contract.isInput(value)).toBe(false);
      expect(contract.explain(value)).not.toEqual([]);
      expect(contract.explainInput(value)).not.toEqual([]);
    }
  });

  test('an object without a prototype is as good as any', () => {
    expect(pageView.isInput(Object.assign(Object.create(null), input))).toBe(true);
    expect(pageView.explainInput(Object.assign(Object.create(null), input))).toEqual([]);
  });

  test('a getter that throws is named', () => {
    expect(pageView.explainInput(getter)).toEqual([
      {
        path: '/title',
        expected: 'a string of at most 1024 characters',
        received: 'a value that throws when it is read',
      },
    ]);
  });
});
