import { describe, expect, test } from 'vitest';
import { createResolver, noValue } from './intrinsics.ts';

const template = {
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    IsTest: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsTest' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsTest' }] },
    Circle: { 'Fn::Not': [{ Condition: 'Circle' }] },
  },
  Mappings: { Sizes: { small: { shards: 1 }, large: { shards: 4 } } },
};
const refs: Record<string, unknown> = {
  Stage: 'test',
  Queue: 'http://127.0.0.1/queue',
  Zones: ['a', 'b'],
  Nothing: noValue,
};
const resolver = createResolver(template, {
  ref: (name) => refs[name],
  attribute: (id, name) => `arn:${id}:${name}`,
});
const resolve = (value: unknown) => resolver.resolve(value, 'Here');

test.each([
  ['plain values', { a: [1, true, 'x'] }, { a: [1, true, 'x'] }],
  ['Ref', { Ref: 'Queue' }, 'http://127.0.0.1/queue'],
  ['GetAtt of a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:Queue:Arn'],
  ['GetAtt of a string', { 'Fn::GetAtt': 'Nested.Outputs.Arn' }, 'arn:Nested:Outputs.Arn'],
  ['Join', { 'Fn::Join': ['/', ['a', { Ref: 'Stage' }, 3]] }, 'a/test/3'],
  ['Join of a list by reference', { 'Fn::Join': ['-', { Ref: 'Zones' }] }, 'a-b'],
  ['Sub', { 'Fn::Sub': '${Stage}-${Queue.Arn}-${!Stage}-$x' }, 'test-arn:Queue:Arn-${Stage}-$x'],
  ['Sub with values', { 'Fn::Sub': ['${own}/${Stage}', { own: { Ref: 'Stage' } }] }, 'test/test'],
  ['Select', { 'Fn::Select': ['1', { 'Fn::Split': [',', 'a,b,c'] }] }, 'b'],
  ['FindInMap', { 'Fn::FindInMap': ['Sizes', 'large', 'shards'] }, 4],
  ['If, true', { 'Fn::If': ['IsTest', { Ref: 'Stage' }, { Ref: 'Unknown' }] }, 'test'],
  ['If, false', { 'Fn::If': ['Both', 1, 2] }, 2],
  ['Or', { 'Fn::If': ['Either', 1, 2] }, 1],
  ['NoValue in an object', { a: 1, b: { Ref: 'Nothing' } }, { a: 1 }],
  ['NoValue in a list', [1, { 'Fn::If': ['IsProd', 2, { Ref: 'Nothing' }] }], [1]],
  ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
  ['an object whose only member is like any other', { Reference: 'Queue' }, { Reference: 'Queue' }],
])('%s', (_name, value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

describe('what cannot be resolved says where it is', () => {
  test.each([
    [{ a: [{ 'Fn::ImportValue': 'x' }] }, 'Here.a[0].Fn::ImportValue'],
    [{ 'Fn::If': ['Missing', 1, 2] }, 'Missing'],
    [{ 'Fn::If': ['Circle', 1, 2] }, 'depends on itself'],
    [{ 'Fn::FindInMap': ['Sizes', 'huge', 'shards'] }, 'Sizes.huge.shards'],
    [{ 'Fn::Select': [7, ['a']] }, '7'],
    [{ 'Fn::Join': ['-', [{ a: 1 }]] }, 'a string was expected'],
  ])('%j', (value, message) => {
    expect(() => resolve(value)).toThrow(message);
    expect(() => resolve(value)).toThrow(expect.objectContaining({ code: 'invalid_template' }));
  });
});
