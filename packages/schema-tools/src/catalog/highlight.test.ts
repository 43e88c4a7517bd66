import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { highlight } from './highlight.ts';
import { html } from './html.ts';

test('keys, strings, numbers, words and comments are told apart', () => {
  expect(String(html`${highlight('{"a": -1.5, "b": "true"} // c')}`)).toBe(
    '{<span class="t-key">&quot;a&quot;</span>: <span class="t-number">-1.5</span>, ' +
      '<span class="t-key">&quot;b&quot;</span>: <span class="t-string">&quot;true&quot;</span>} ' +
      '<span class="t-comment">// c</span>',
  );
  expect(String(html`${highlight("await x1.of('a')")}`)).toBe(
    '<span class="t-word">await</span> x1.of(<span class="t-string">&#39;a&#39;</span>)',
  );
});

test('nothing is lost or added', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('{}": \'/*\n\\true1.5-')) }),
      (code) => {
        const text = String(html`${highlight(code)}`).replaceAll(/<\/?span[^>]*>/g, '');
        expect(text).toBe(String(html`${code}`));
      },
    ),
  );
});
