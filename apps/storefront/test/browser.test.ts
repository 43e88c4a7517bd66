import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalShop, startShop } from './shop.ts';
import { type LocalStream, type StoredEvent, startStream } from './stream.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const hasBrowser = existsSync(executablePath);

test.skipIf(hasBrowser || !process.env['CI'])('there is a browser to test with', () => {
  expect.soft(hasBrowser, `No Chromium at ${executablePath}: set CHROMIUM to its path`).toBe(true);
});

if (!hasBrowser)
  console.warn(`Not tested in a browser: there is no Chromium at ${executablePath}.`);

/** One line an event: what it is, and of what. */
function inShort(events: readonly StoredEvent[]): string[] {
  return events.map(({ event_type, url, element_id, page, amount }) => {
    if (typeof url === 'string') return `${event_type} ${new URL(url).pathname}`;
    if (typeof amount === 'number') return `${event_type} ${amount}`;
    return `${event_type} ${JSON.stringify(element_id)} on ${JSON.stringify(page)}`;
  });
}

describe.skipIf(!hasBrowser)('in a browser', () => {
  let browser: Browser;
  let stream: LocalStream;
  let shop: LocalShop;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    stream = await startStream();
    shop = await startShop(stream);
  });

  afterAll(async () => {
    await browser.close();
    await shop[Symbol.asyncDispose]();
    await stream[Symbol.asyncDispose]();
  });

  async function open(path: string): Promise<Page> {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('close', () => expect(problems).toEqual([]));
    await page.goto(`${shop.url}${path}`);
    return page;
  }

  async function eventsOf(page: Page): Promise<readonly StoredEvent[]> {
    const cookies = await page.context().cookies();
    const shopper = cookies.find(({ name }) => name === 'shopper')?.value;
    const events = (await stream.read()).filter(({ user_id }) => user_id === shopper);
    return events;
  }

  test('what a shopper does is in the stream, in order', async () => {
    const page = await open('/');
    await expect.poll(() => page.locator('.trail li.delivered').count()).toBe(1);
    await page.getByRole('link', { name: /Dusk lamp/ }).click();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('button', { name: 'One Dusk lamp more' }).click();
    await page.getByRole('button', { name: 'Buy now' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await expect.poll(() => page.locator('.trail li.delivered').count()).toBe(12);

    const events = await eventsOf(page);
    expect(inShort(events)).toEqual([
      'page_view /',
      'click "product-lamp" on "/"',
      'page_view /products/lamp',
      'click "add-to-cart" on "/products/lamp"',
      'page_view /cart',
      'click "more" on "/cart"',
      'page_view /cart',
      'click "checkout" on "/cart"',
      'purchase 178',
      expect.stringMatching(/^page_view \/orders\/order-/),
      expect.stringMatching(/^click "back-to-shop" on "\/orders\//),
      'page_view /',
    ]);

    // The trail shows the same, latest first, each with its id.
    const ids = await page.locator('.trail li div:first-of-type').allTextContents();
    expect(ids).toEqual(events.map(({ event_id }) => event_id).toReversed());
    await page.close();
  });

  test('events wait for their turn, and none is lost when the page is left', async () => {
    await using slow = await startStream({
      faults: ({ operation }) =>
        operation === 'PutRecords' ? { kind: 'delay', delayMs: 200 } : undefined,
    });
    await using slowShop = await startShop(slow);
    const page = await browser.newPage();
    let requests = 0;
    page.on('request', (request) => {
      if (request.url().includes('/collect')) requests += 1;
    });
    await page.goto(slowShop.url);
    // While the page view is on its way: three clicks, and then away.
    await page.evaluate(`
      const brand = document.querySelector('.brand');
      brand.removeAttribute('href');
      for (const name of ['one', 'two', 'three']) {
        brand.dataset.track = name;
        brand.click();
      }
    `);
    await page.goto('about:blank');
    await expect
      .poll(async () => inShort(await slow.read()), { timeout: 5000 })
      .toEqual(['page_view /', 'click "one" on "/"', 'click "two" on "/"', 'click "three" on "/"']);
    // The browser does not report the one that it sends while it leaves.
    expect(requests).toBe(1);
    await page.close();
  });

  test('a page view tells where it came from, and when', async () => {
    const before = new Date().toISOString();
    const page = await open('/products/fern');
    await page.getByRole('link', { name: 'All things' }).click();
    await expect.poll(() => eventsOf(page)).toHaveLength(3);
    const [first, , last] = await eventsOf(page);
    expect(first).toMatchObject({ title: 'Patient fern · Sundry', locale: 'en-US' });
    expect(first).not.toHaveProperty('referrer');
    expect(last).toMatchObject({
      url: `${shop.url}/`,
      referrer: `${shop.url}/products/fern`,
      session_id: first?.['session_id'],
    });
    expect(String(first?.['timestamp']) >= before).toBe(true);
    await page.close();
  });

  test.each([
    ['a phone', { width: 360, height: 740 }],
    ['a desk', { width: 1280, height: 800 }],
  ])(
    'nothing sticks out on %s, and everything can be reached with the keyboard',
    async (_on, size) => {
      const page = await browser.newPage({ viewport: size });
      for (const path of ['/', '/products/clock', '/cart', '/nowhere']) {
        await page.goto(`${shop.url}${path}`);
        const width = await page.evaluate<number>('document.documentElement.scrollWidth');
        expect([path, width <= size.width]).toEqual([path, true]);
      }
      await page.goto(`${shop.url}/products/clock`);
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
      for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Add to cart');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Your cart' }).waitFor();
      await page.close();
    },
  );
});
