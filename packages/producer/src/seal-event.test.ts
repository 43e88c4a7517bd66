import { contracts, type EventType, parseEvent } from '@clickstream/events';
import * as fc from 'fast-check';
import { assert, expect, test } from 'vitest';
import { ByteArena } from './byte-arena.ts';
import { Intake } from './intake.ts';
import { ProducerError } from './producer-error.ts';
import { sealEvent } from './seal-event.ts';
import { snapshot } from './snapshot.ts';
import type { TrackedEvent } from './tracked-event.ts';

const MAX = 1024 * 1024;
const arena = new ByteArena();
const VIEW = { user_id: 'user-1', url: 'https://shop.example/' };

function seal(input: unknown, type: EventType = 'page_view', maxBytes = MAX): TrackedEvent {
  const contract = contracts[type];
  let sealed: TrackedEvent | undefined;
  const intake = new Intake(([event]) => {
    sealed = event;
  });
  void intake.add(contract, snapshot(type, input, maxBytes));
  intake.handOn();
  assert.ok(sealed);
  sealEvent(sealed, contract, maxBytes, arena);
  return sealed;
}

function failure(input: unknown, type?: EventType, maxBytes?: number): ProducerError {
  try {
    seal(input, type, maxBytes);
  } catch (error) {
    if (error instanceof ProducerError) return error;
    throw error;
  }
  throw new Error('the event was accepted');
}

test('what is sealed is what a reader gets', () => {
  const before = Date.now();
  const { json, eventId, eventType, partitionKey, bytes } = seal(VIEW);
  const parsed = parseEvent(Buffer.from(json));
  expect(parsed).toEqual({
    ok: true,
    event: {
      event_id: eventId,
      event_type: 'page_view',
      schema_version: contracts.page_view.version,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
      ...VIEW,
    },
    originalVersion: contracts.page_view.version,
  });
  const timestamp = parsed.ok ? parsed.event.timestamp : '';
  expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(before);
  expect({ eventType, partitionKey, bytes }).toEqual({
    eventType: 'page_view',
    partitionKey: 'user-1',
    bytes: Buffer.byteLength(json) + 6,
  });
});

test('every text survives, and is counted in bytes of UTF-8', () => {
  const codePoint = fc
    .integer({ min: 1, max: 0x10_ff_ff })
    .filter((c) => c < 0xd8_00 || c > 0xdf_ff);
  const text = fc
    .array(codePoint, { minLength: 1, maxLength: 50 })
    .map((codePoints) => String.fromCodePoint(...codePoints));
  fc.assert(
    fc.property(text, text, (user, title) => {
      const { json, bytes, partitionKey } = seal({ ...VIEW, user_id: user, title });
      expect(JSON.parse(json)).toMatchObject({ user_id: user, title });
      expect(partitionKey).toBe(user);
      expect(bytes).toBe(Buffer.from(json).length + Buffer.from(user).length);
    }),
  );
});

test('a timestamp that is given is kept, a Date too; fields that are undefined are left out', () => {
  const timestamp = '2026-01-02T03:04:05.678Z';
  expect(JSON.parse(seal({ ...VIEW, timestamp }).json)).toMatchObject({ timestamp });
  const date = new Date(timestamp);
  expect(JSON.parse(seal({ ...VIEW, timestamp: date }).json)).toMatchObject({ timestamp });
  expect(seal({ ...VIEW, referrer: undefined }).json).not.toContain('referrer');
});

test.each([
  ['nothing', undefined, /page_view: the value: expected/],
  ['null', null, /page_view: the value: expected/],
  ['a text', 'hello', /page_view: the value: expected/],
  ['a list', [VIEW], /page_view: the value: expected/],
  ['a function', () => VIEW, /page_view: the value: expected/],
  ['no user', { url: VIEW.url }, /\/user_id: expected/],
  ['a user id of 257 characters', { ...VIEW, user_id: 'u'.repeat(257) }, /\/user_id: expected/],
  ['an empty user id', { ...VIEW, user_id: '' }, /\/user_id: expected/],
  ['half a character', { ...VIEW, user_id: 'a\ud800' }, /\/user_id: expected a well-formed/],
  ['a URL that is none', { ...VIEW, url: 'shop' }, /\/url: expected/],
  ['a misspelled field', { ...VIEW, refferer: 'x' }, /\/refferer: expected no field/],
  ['a minted field', { ...VIEW, event_id: 'mine' }, /\/event_id: expected no field/],
  ['an invalid Date', { ...VIEW, timestamp: new Date('x') }, /\/timestamp: expected/],
  ['a bigint', { ...VIEW, title: 1n }, /\/title: expected/],
  ['a map', new Map([['user_id', 'u']]), /\/user_id: expected/],
])('refuses %s and names the field', (_what, input, message) => {
  const error = failure(input);
  expect(error.code).toBe('invalid_event');
  expect(error.message).toMatch(message);
});

const PURCHASE = {
  user_id: 'user-1',
  order_id: 'order-1',
  amount: 19.9,
  currency: 'EUR',
  items: [{ product_id: 'product-1', quantity: 1, price: 19.9 }],
};

test('refuses amounts that are no decimal numbers', () => {
  expect(JSON.parse(seal(PURCHASE, 'purchase').json)).toMatchObject(PURCHASE);
  for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, '19.90', null, 0.00001]) {
    const error = failure({ ...PURCHASE, amount }, 'purchase');
    expect(error.code).toBe('invalid_event');
    expect(error.message).toContain('/amount: expected');
  }
});

test('refuses objects that cannot be read, whatever they throw', () => {
  const { proxy, revoke } = Proxy.revocable({ ...VIEW }, {});
  revoke();
  const hostile = new Proxy(new Error('x'), {
    getPrototypeOf() {
      throw new Error('no prototype');
    },
    get() {
      throw new Error('no property');
    },
  });
  const cycle: Record<string, unknown> = { ...VIEW };
  cycle['title'] = cycle;
  const inputs = [
    proxy,
    { ...VIEW, title: proxy },
    { ...PURCHASE, items: proxy },
    cycle,
    new Proxy(
      {},
      {
        ownKeys() {
          throw hostile;
        },
      },
    ),
    {
      ...VIEW,
      get title(): string {
        throw new Error('no title today');
      },
    },
  ];
  for (const input of inputs) {
    const error = failure(input);
    expect(error.code).toBe('invalid_event');
    expect(error.message).toMatch(/cannot be read|expected/);
  }
});

test('names the field that cannot be read or is too large', () => {
  const unreadable = {
    ...VIEW,
    get title(): string {
      throw new Error('no title today');
    },
  };
  expect(failure(unreadable).message).toBe(
    'page_view: /title cannot be read: Error: no title today',
  );
  const long = 'x'.repeat(9_000_000);
  expect(failure({ ...VIEW, title: long }).message).toContain('page_view: /title makes it larger');
  const items = [{ product_id: 'p', quantity: 1, price: 1, name: long }];
  expect(failure({ ...PURCHASE, items }, 'purchase').message).toContain('/items/0/name makes it');
});

test('reads each field once: what was validated is what is written', () => {
  let reads = 0;
  const shifty = {
    ...VIEW,
    get title(): unknown {
      reads += 1;
      return reads === 1 ? 'a title' : 4711;
    },
  };
  expect(JSON.parse(seal(shifty).json)).toMatchObject({ title: 'a title' });
  expect(reads).toBe(1);

  class Item {
    product_id = 'product-1';
    quantity = 1;
    price = 19.9;
    toJSON(): unknown {
      return { product_id: this.product_id, quantity: this.quantity, surprise: true };
    }
  }
  const error = failure({ ...PURCHASE, items: [new Item()] }, 'purchase');
  expect(error.message).toContain('/items/0/surprise: expected no field');
});

test('the caller may change the input afterwards', () => {
  const items = [{ product_id: 'product-1', quantity: 1, price: 19.9 }];
  const { json } = seal({ ...PURCHASE, items }, 'purchase');
  items.length = 0;
  expect(JSON.parse(json)).toMatchObject({ items: [{ quantity: 1 }] });
});

test('refuses records over the limit, to the byte', () => {
  const { bytes } = seal({ ...VIEW, title: '€'.repeat(300) });
  expect(seal({ ...VIEW, title: '€'.repeat(300) }, 'page_view', bytes).bytes).toBe(bytes);
  const error = failure({ ...VIEW, title: '€'.repeat(300) }, 'page_view', bytes - 1);
  expect(error.code).toBe('record_too_large');
  expect(error.message).toContain(`takes ${bytes} bytes and maxRecordBytes is ${bytes - 1}`);
});

test('gives up on huge input before it is validated or copied', () => {
  const huge = 'x'.repeat(9_000_000);
  const endless = new Proxy([], {
    get: (_target, name): unknown => (name === 'length' ? 2 ** 32 - 1 : undefined),
  });
  const inputs = [
    { ...VIEW, title: huge },
    { ...VIEW, [huge]: 1 },
    { ...PURCHASE, items: Array.from({ length: 1_000_000 }, () => 1) },
    { ...PURCHASE, items: endless },
    huge,
  ];
  for (const input of inputs) expect(failure(input).code).toBe('record_too_large');
});
