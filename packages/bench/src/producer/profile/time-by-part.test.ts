import { mkdtemp, rm } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { profiled, readProfile } from './profiled.ts';
import { timeByPart } from './time-by-part.ts';

function node(id: number, functionName: string, url: string, children: number[] = []) {
  const callFrame = { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 };
  return { id, callFrame, children };
}

const PRODUCER = 'file:///x/packages/producer/src';

test('native functions, expressions and buffers count for their caller, per event', () => {
  const profile: Profiler.Profile = {
    startTime: 0,
    endTime: 100,
    nodes: [
      node(1, '(root)', '', [2, 4, 7, 9]),
      node(2, 'writeBody', `${PRODUCER}/put-records.ts`, [3]),
      node(3, 'write', 'node:buffer', [8]),
      node(4, 'isUri', 'file:///x/packages/events/src/checks.ts', [5]),
      node(5, 'RegExp: ^https?', ''),
      node(7, '(idle)', ''),
      node(8, 'utf8Write', ''),
      node(9, 'send', 'file:///x/node_modules/@smithy/core/index.js', [10]),
      node(10, 'update', 'node:internal/crypto/hash'),
    ],
    samples: [2, 3, 8, 5, 7, 9, 10],
    timeDeltas: [10, 20, 30, 40, 50, 60, 70],
  };
  const us = timeByPart(profile, 10);
  expect(us).toMatchObject({ bodiesUs: 6, validationUs: 4, idleUs: 5, sdkUs: 6, wireUs: 7 });
  expect(Object.values(us).reduce((sum, each) => sum + each, 0)).toBeCloseTo(28);
});

test('a profile of what is done comes back from its file', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'clickstream-profile-'));
  const file = path.join(folder, 'a.cpuprofile');
  const done = await profiled(file, async () => {
    for (const endMs = performance.now() + 20; performance.now() < endMs; ) JSON.stringify([file]);
    return Promise.resolve('done');
  });
  expect(done).toBe('done');
  const { otherUs, driverUs } = timeByPart(await readProfile(file), 1);
  expect((otherUs ?? 0) + (driverUs ?? 0)).toBeGreaterThan(1_000); // the rest may be of others
  await rm(folder, { recursive: true });
});
