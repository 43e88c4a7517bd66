import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from './html.ts';

test('text is escaped, in content and in attributes', () => {
  expect(String(html`<p title="${'"><script>'}">${"<b> & 'more'"}</p>`)).toBe(
    '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt; &amp; &#39;more&#39;</p>',
  );
});

test('markup stays markup, lists are joined, nothing leaves no trace', () => {
  const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
  expect(String(html`<ul>${items}</ul>${undefined}${false}${0}`)).toBe(
    '<ul><li>a</li><li>&lt;</li></ul>0',
  );
});

test('no text can open a tag, end an attribute or start an entity of its own', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", ';', '#', 'x') }),
      (text) => {
        const escaped = String(html`${text}`);
        expect(escaped).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      },
    ),
  );
});

test('what is written in the template is kept, backslashes too', () => {
  expect(String(html`a\nb`)).toBe('a\nb');
});
