import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalSite, writeTestSite } from './site.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const hasBrowser = existsSync(executablePath);

const PAGES = [
  'events/order.html',
  'events/order.v1.html',
  'events/visit.html',
  'index.html',
  'personal-data.html',
];
const desk = { width: 1280, height: 800 };
const phone = { width: 360, height: 740 };

test.skipIf(hasBrowser || !process.env['CI'])('there is a browser to test with', () => {
  expect.soft(hasBrowser, `No Chromium at ${executablePath}: set CHROMIUM to its path`).toBe(true);
});

if (!hasBrowser)
  console.warn(`Not tested in a browser: there is no Chromium at ${executablePath}.`);

/** A page that is closed after use, and then must have had no trouble and no need of a network. */
interface OpenPage extends AsyncDisposable {
  readonly page: Page;
}

/** What axe finds; style sheets cannot be fetched from a disk, so none are preloaded. */
async function barriers(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(
    `axe.run({ preload: false, resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`,
  );
}

describe.skipIf(!hasBrowser)('in a browser, from a disk', () => {
  let browser: Browser;
  let site: LocalSite;

  beforeAll(async () => {
    site = await writeTestSite();
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    });
  });

  afterAll(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  async function open(file: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
    const context = await browser.newContext({ viewport: desk, ...options });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => problems.push(message.text()));
    page.on('dialog', (dialog) => problems.push(dialog.message()));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) problems.push(request.url());
    });
    page.on('requestfailed', (request) => problems.push(`failed: ${request.url()}`));
    await page.goto(urlOf(file));
    return {
      page,
      async [Symbol.asyncDispose]() {
        await context.close();
        expect(problems).toEqual([]);
      },
    };
  }

  function urlOf(file: string): string {
    return pathToFileURL(path.join(site.folder, file)).href;
  }

  test.each(PAGES)('%s has no barrier and nothing sticks out', async (file) => {
    await using opened = await open(file, { reducedMotion: 'reduce' });
    const { page } = opened;
    await page.evaluate(
      `for (const details of document.querySelectorAll('details')) details.open = true;`,
    );
    await page.addScriptTag({ content: axe.source });
    for (const viewport of [desk, phone]) {
      await page.setViewportSize(viewport);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(
        viewport.width,
      );
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect([viewport, colorScheme, await barriers(page)]).toEqual([viewport, colorScheme, []]);
      }
    }
  });

  test('no other page is left out', () => expect(site.pages.toSorted()).toEqual(PAGES));

  test('search: the slash focuses, arrows choose, Enter opens, Escape closes', async () => {
    await using opened = await open('index.html');
    const { page } = opened;
    const input = page.getByRole('combobox');
    await page.keyboard.press('/');
    await page.keyboard.type('lines pro');
    expect(await page.getByRole('option').allTextContents()).toEqual([
      'lines[].product_idorderWhich sku-1.',
      'lines[].tags[]orderHow the product is sorted.',
    ]);
    expect(await page.locator('[aria-selected=true]').textContent()).toContain('product_id');
    await page.addScriptTag({ content: axe.source });
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    const active = await input.getAttribute('aria-activedescendant');
    expect(await page.locator(`#${active}`).textContent()).toContain('tags');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(urlOf('events/order.html#field.lines.tags').replaceAll('%23', '#'));

    await page.keyboard.press('/');
    await page.keyboard.type('zebra');
    expect(await page.locator('.results').textContent()).toContain('zebra');
    await page.keyboard.press('Escape');
    expect(await page.locator('.results').isVisible()).toBe(false);
    expect(await input.inputValue()).toBe('');
  });

  test('search finds events by owner, and shared fields once', async () => {
    await using opened = await open('events/visit.html');
    const { page } = opened;
    const search = async (query: string) => {
      await page.getByRole('combobox').fill(query);
      return page.locator('[role=option] code').allTextContents();
    };
    expect(await search('checkout')).toEqual(['order', 'order v1']);
    expect(await search('user_id')).toEqual(['user_id']);
    await page.locator('[role=option]').click();
    expect(page.url()).toMatch(/events\/order\.html#field\.user_id$/);
  });

  test('code can be copied', async () => {
    await using opened = await open('events/order.html', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = opened;
    await page.getByRole('button', { name: 'Copy: Every field' }).click();
    await expect.poll(() => page.locator('.copy').first().textContent()).toBe('Copied');
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(JSON.parse(copied)).toMatchObject({ event_type: 'order', total: { currency: 'EUR' } });
  });

  test('colours follow the system until they are chosen, and stay chosen', async () => {
    await using opened = await open('index.html', { colorScheme: 'dark' });
    const { page } = opened;
    const background = () =>
      page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const toggle = page.getByRole('button', { name: 'Dark colours' });
    const dark = await background();
    expect(await toggle.getAttribute('aria-pressed')).toBe('true');
    await toggle.click();
    const light = await background();
    expect(light).not.toBe(dark);
    await page.goto(urlOf('events/visit.html'));
    expect(await background()).toBe(light);
    expect(await toggle.getAttribute('aria-pressed')).toBe('false');
    await toggle.click();
    expect(await background()).toBe(dark);
  });

  test('without scripts everything can be read and reached, on a phone, too', async () => {
    await using opened = await open('events/order.html', {
      javaScriptEnabled: false,
      viewport: phone,
    });
    const { page } = opened;
    await page.getByText('Where the receipt goes.', { exact: true }).waitFor();
    expect(await page.getByRole('combobox').isVisible()).toBe(false);
    expect(await page.locator('button.copy:visible').count()).toBe(0);
    await page.getByRole('button', { name: 'Events and pages' }).click();
    await page.getByRole('link', { name: 'visit' }).click();
    await page.getByRole('heading', { name: 'visit' }).waitFor();
  });

  test('on paper there is what was written, and nothing to click', async () => {
    await using opened = await open('events/order.html', { colorScheme: 'dark' });
    const { page } = opened;
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.top, .side, .copy').filter({ visible: true }).count()).toBe(0);
    expect(await page.getByText('Where the receipt goes.', { exact: true }).isVisible()).toBe(true);
  });
});
