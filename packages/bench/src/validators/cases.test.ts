import { contracts } from '@clickstream/events';
import { expect, test } from 'vitest';
import { validatorCases } from './cases.ts';

const cases = validatorCases();

test('every event is there as reader and input, valid and invalid', () => {
  expect(cases.map(({ name }) => name)).toEqual(
    Object.keys(contracts).flatMap((type) => [
      `${type} reader valid`,
      `${type} reader invalid`,
      `${type} input valid`,
      `${type} input invalid`,
    ]),
  );
});

test.each(cases)('$name: the values are what they are called, and differ', (of) => {
  const contract = contracts[of.type];
  const check = of.side === 'reader' ? contract.is : contract.isInput;
  expect(of.texts.map((text) => check(JSON.parse(text)))).toEqual(of.texts.map(() => of.valid));
  expect(new Set(of.texts).size).toBe(of.texts.length);
});

test.each(cases.filter(({ valid }) => !valid))('$name: any field can be the wrong one', (of) => {
  const contract = contracts[of.type];
  const explain = of.side === 'reader' ? contract.explain : contract.explainInput;
  const wrong = new Set(of.texts.map((text) => explain(JSON.parse(text))[0]?.path.split('/')[1]));
  const fields = Object.keys(of.schema['properties'] ?? {});
  expect(fields.filter((field) => !wrong.has(field))).toEqual([]);
});

test('are the same at every call', () => {
  expect(validatorCases()).toEqual(cases);
});
