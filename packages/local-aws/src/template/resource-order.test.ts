import { expect, test } from 'vitest';
import { resourceOrder } from './resource-order.ts';

test('each resource comes after what it refers to, however it does', () => {
  const order = resourceOrder({
    Mapping: { Properties: { Name: { Ref: 'Function' } }, DependsOn: 'Policy' },
    Function: { Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } }, DependsOn: ['Logs'] },
    Policy: { Properties: { Text: { 'Fn::Sub': 'x${Queue.Arn}y${AWS::Region}${!Mapping}' } } },
    Role: {},
    Queue: { Properties: { Dead: { 'Fn::GetAtt': 'Dead.Arn' } } },
    Dead: {},
    Logs: {},
  });
  expect(order).toHaveLength(7);
  for (const [first, second] of [
    ['Role', 'Function'],
    ['Logs', 'Function'],
    ['Function', 'Mapping'],
    ['Policy', 'Mapping'],
    ['Queue', 'Policy'],
    ['Dead', 'Queue'],
  ] as const)
    expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));
});

const refer = (to: string) => ({ Properties: { x: { Ref: to } } });

test('a circle is named', () => {
  expect(() => resourceOrder({ A: refer('B'), B: refer('C'), C: refer('B') })).toThrow('B → C → B');
});
