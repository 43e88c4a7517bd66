import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from './html.ts';

test('text stays text, markup stays markup, and nothing leaves no trace', () => {
  const inner = html`<b title="${`"'`}">${'<i>&'}</b>`;
  expect(String(html`<p>${inner}${[1, false, undefined, '>']}</p>`)).toBe(
    '<p><b title="&quot;&#39;">&lt;i&gt;&amp;</b>1&gt;</p>',
  );
});

test('whatever the text, it cannot leave its place and can be read back', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('<>&"\'a/;#39ampltgquo')) }),
      (text) => {
        const written = String(html`${text}`);
        expect(written).not.toMatch(/[<>"']/);
        const read = written
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&#39;', "'")
          .replaceAll('&amp;', '&');
        expect(read).toBe(text);
      },
    ),
  );
});
