import type { Profiler } from 'node:inspector';
import { expect, test } from 'vitest';
import { secondsByStage } from './stages.ts';

function node(
  id: number,
  functionName: string,
  url: string,
  ...children: number[]
): Profiler.ProfileNode {
  const callFrame = { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 };
  return { id, callFrame, children };
}

test('a sample belongs to the innermost stage on its stack, and idle time to none', () => {
  const profile: Profiler.Profile = {
    nodes: [
      node(1, '(root)', '', 2, 6, 7, 8),
      node(2, 'emit', 'node:events', 3),
      node(3, 'handle', 'file:///r/packages/local-aws/src/kinesis/server.ts', 4),
      node(4, 'parse', '', 5),
      node(5, 'get', 'file:///r/node_modules/dynalite/db.js'),
      node(6, '(idle)', ''),
      node(7, '(garbage collector)', ''),
      node(8, 'onread', 'node:net'),
    ],
    startTime: 0,
    endTime: 6_000_000,
    samples: [3, 4, 5, 6, 7, 8],
    timeDeltas: [1_000_000, 1_000_000, 500_000, 9_000_000, 250_000, 125_000],
  };
  expect(secondsByStage(profile)).toEqual({
    'Kinesis server': 2,
    'DynamoDB server': 0.5,
    'garbage collection': 0.25,
    'HTTP and other': 0.125,
  });
});
