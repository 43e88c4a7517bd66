import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maxBodyBytes, maxEvents } from '../src/collect.ts';
import { type LocalShop, startShop } from './shop.ts';
import { type LocalStream, startStream } from './stream.ts';

let stream: LocalStream;
let shop: LocalShop;

beforeAll(async () => {
  stream = await startStream();
  shop = await startShop(stream);
});

afterAll(async () => {
  await shop[Symbol.asyncDispose]();
  await stream[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function post(body: string, path = '/collect?receipts=1', headers = {}): Promise<Answer> {
  const response = await fetch(`${shop.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, body: await response.json() };
}

/** Text in an answer; typed, unlike vitest's own. */
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const collect = (body: unknown, path?: string): Promise<Answer> => post(JSON.stringify(body), path);

const pageView = { event: 'page_view', url: 'https://shop.example/' };
const click = { event: 'click', element_id: 'add-to-cart', page: '/products/lamp' };
const purchase = {
  event: 'purchase',
  order_id: 'order-1',
  amount: 48.1,
  currency: 'EUR',
  items: [{ product_id: 'teapot', quantity: 1, price: 48.1 }],
};

async function storedOf(userId: string): ReturnType<LocalStream['read']> {
  return (await stream.read()).filter(({ user_id }) => user_id === userId);
}

test('events are in the stream, in order, when their receipts come', async () => {
  const events = [pageView, click, purchase, click, pageView];
  const { status, body } = await collect({ user_id: 'ada', events });
  expect(status).toBe(200);
  const stored = await storedOf('ada');
  expect(stored.map(({ event_type }) => event_type)).toEqual(events.map(({ event }) => event));
  expect(body).toEqual({
    results: stored.map(({ event_id }) => ({
      event_id,
      shard_id: like(/^shardId-/),
      sequence_number: like(/^\d+$/),
      attempts: 1,
    })),
  });
  expect(stored[2]).toMatchObject({ amount: 48.1, currency: 'EUR', order_id: 'order-1' });
});

test('without receipts the answer does not wait for the stream', async () => {
  const { status, body } = await collect({ user_id: 'bob', events: [pageView] }, '/collect');
  expect([status, body]).toEqual([202, { accepted: 1 }]);
  await expect.poll(() => storedOf('bob')).toHaveLength(1);
});

test('no events are no mistake', async () => {
  expect(await collect({ user_id: 'ada', events: [] })).toEqual({
    status: 200,
    body: { results: [] },
  });
});

describe('an event that is refused', () => {
  test.each([
    ['an unknown event', { event: 'scroll' }, 'unknown_event', /events\/1\/event.*"scroll"/],
    ['no event', {}, 'unknown_event', /events\/1\/event.*missing/],
    ['a name from Object', { event: 'constructor' }, 'unknown_event', /events\/1\/event/],
    ['null', null, 'invalid_body', /events\/1 must be an object, not null/],
    ['text', 'click', 'invalid_body', /events\/1 must be an object/],
    ['a list', [click], 'invalid_body', /events\/1 must be an object, not an array/],
    ['a missing field', { event: 'click', page: '/' }, 'invalid_event', /element_id/],
    ['a wrong type', { ...click, page: 7 }, 'invalid_event', /page/],
    ['an unknown field', { ...click, colour: 'red' }, 'invalid_event', /colour/],
    ['no URL', { event: 'page_view', url: 'nowhere' }, 'invalid_event', /url/],
    ['no number', { ...purchase, amount: '48.10' }, 'invalid_event', /amount/],
    ['five decimals', { ...purchase, amount: 1.000_01 }, 'invalid_event', /amount/],
    ['no items', { ...purchase, items: undefined }, 'invalid_event', /items/],
    ['a forged id', { ...click, event_id: 'mine' }, 'invalid_event', /event_id/],
  ])('(%s) is named, and the others go on', async (name, event, code, message) => {
    const userId = `refused-${name}`;
    const { status, body } = await collect({ user_id: userId, events: [click, event, pageView] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      results: [{ attempts: 1 }, { error: { code, message: like(message) } }, { attempts: 1 }],
    });
    const stored = await storedOf(userId);
    expect(stored.map(({ event_type }) => event_type)).toEqual(['click', 'page_view']);
  });

  test('is in the log when nobody waits for receipts', async () => {
    await collect({ user_id: 'nobody-waits', events: [{ event: 'click' }] }, '/collect');
    await expect.poll(() => shop.log()).toContain('element_id');
  });

  test.each([
    ['257 characters', 'x'.repeat(257)],
    ['nothing', ''],
  ])('(a user id of %s) is named', async (_name, userId) => {
    const { body } = await collect({ user_id: userId, events: [click] });
    expect(body).toMatchObject({
      results: [{ error: { code: 'invalid_event', message: like(/user_id/) } }],
    });
  });

  test('cannot send its events under another name', async () => {
    await collect({ user_id: 'mallory', events: [{ ...click, user_id: 'victim' }] });
    expect(await storedOf('victim')).toEqual([]);
    expect(await storedOf('mallory')).toHaveLength(1);
  });
});

describe('a body that cannot be taken', () => {
  test.each([
    ['null', 'null', 400, /^The body must be a JSON object/],
    ['a list', '[]', 400, /^The body must be a JSON object.*not an array/],
    ['a number', '7', 400, /^The body must be a JSON object/],
    ['no user', '{"events":[]}', 400, /^user_id must be a string, not missing/],
    ['a user that is none', '{"user_id":7,"events":[]}', 400, /^user_id must be a string/],
    ['no events', '{"user_id":"ada"}', 400, /^events must be an array, not missing/],
    ['events that are none', '{"user_id":"ada","events":{}}', 400, /^events must be an array/],
    ['half a body', '{"user_id":', 400, /JSON/],
    ['nothing', '', 400, /empty/i],
    ['a poisoned prototype', '{"user_id":"ada","events":[],"__proto__":{}}', 400, /not valid JSON/],
  ])('(%s) is answered with what is wrong', async (_name, sent, status, message) => {
    const answer = await post(sent);
    expect(answer).toMatchObject({
      status,
      body: { error: { code: like(/^[a-z_]+$/), message: like(message) } },
    });
  });

  test('too many events', async () => {
    const { status, body } = await collect({
      user_id: 'ada',
      events: Array.from({ length: maxEvents + 1 }, () => click),
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { message: like(/^events must hold at most 100 events, not 101/) },
    });
  });

  test('too many bytes', async () => {
    const { status, body } = await collect({ user_id: 'x'.repeat(maxBodyBytes), events: [] });
    expect(status).toBe(413);
    expect(body).toMatchObject({
      error: { code: 'body_too_large', message: like(/at most 262144 bytes/) },
    });
  });

  test('what is not JSON', async () => {
    const { status, body } = await post('<ada/>', '/collect', { 'content-type': 'text/xml' });
    expect({ status, body }).toMatchObject({
      status: 415,
      body: { error: { code: 'invalid_media_type' } },
    });
  });

  test('what another site can send without asking', async () => {
    const events = JSON.stringify({ user_id: 'ada', events: [click] });
    const { status, body } = await post(events, '/collect', { 'content-type': 'text/plain' });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_body' } },
    });
  });

  test('leaves the shop as it was', async () => {
    const { status } = await collect({ user_id: 'afterwards', events: [click] });
    expect(status).toBe(200);
  });
});

test('what the stream does not take is told, event by event', async () => {
  await using broken = await startStream({
    faults: ({ operation }) => (operation === 'PutRecords' ? { kind: 'http_500' } : undefined),
  });
  await using impatient = await startShop(broken, { deliveryTimeoutMs: 300 });
  const response = await fetch(`${impatient.url}/collect?receipts=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 'ada', events: [click] }),
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ results: [{ error: { code: 'undeliverable' } }] });
});
