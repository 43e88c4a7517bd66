import { expect, test } from 'vitest';
import { rememberConditions } from './condition-cache.ts';

function countingParser() {
  const texts: string[] = [];
  const parse = (text: string): unknown => {
    texts.push(text);
    if (text === 'nonsense') throw new SyntaxError(text);
    return { text, time: texts.length };
  };
  const parser = { parse };
  rememberConditions(parser);
  return { parser, texts };
}

test('a condition without placeholders is parsed once', () => {
  const { parser, texts } = countingParser();
  const first = parser.parse('attribute_not_exists(id)');
  expect(parser.parse('attribute_not_exists(id)')).toBe(first);
  expect(parser.parse('attribute_exists(id)')).not.toBe(first);
  expect(texts).toEqual(['attribute_not_exists(id)', 'attribute_exists(id)']);
});

test.each(['#value = other', 'amount > :least'])('%s is parsed for each request', (text) => {
  const { parser, texts } = countingParser();
  expect(parser.parse(text)).not.toEqual(parser.parse(text));
  expect(texts).toEqual([text, text]);
});

test('what is no condition is refused every time', () => {
  const { parser } = countingParser();
  expect(() => parser.parse('nonsense')).toThrow(SyntaxError);
  expect(() => parser.parse('nonsense')).toThrow(SyntaxError);
});
