import { expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { createFaults } from './faults.ts';

it('draws every kind of fault, the same ones for the same seed, and counts them', () => {
  const drawn = (seed: number) => {
    const { hooks, counts } = createFaults(createRandom(seed), () => true);
    const faults = Array.from({ length: 20_000 }, () =>
      hooks.kinesis?.({ operation: 'PutRecords', input: {} }),
    );
    return { kinds: faults.map((fault) => fault?.kind), counts };
  };
  const { kinds, counts } = drawn(1);
  expect(new Set(kinds)).toEqual(
    new Set([
      undefined,
      'records',
      'http_500',
      'throttle',
      'reset',
      'commit_then_reset',
      'delay',
      'twice',
      'hang',
      'commit_then_hang',
    ]),
  );
  const failed = kinds.filter((kind) => kind !== undefined).length;
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(failed);
  expect(drawn(1).kinds).toEqual(kinds);
  expect(drawn(2).kinds).not.toEqual(kinds);
});

it('lets everything pass while it is calm, and never loses a received message for minutes', () => {
  let isOn = false;
  const { hooks, counts } = createFaults(createRandom(1), () => isOn);
  for (let i = 0; i < 1_000; i += 1) hooks.dynamodb?.('TransactWriteItems', {});
  expect(new Set(Object.values(counts))).toEqual(new Set([0]));
  isOn = true;
  const received = Array.from({ length: 5_000 }, () => hooks.s3Sqs?.('sqs', 'ReceiveMessage'));
  expect(new Set(received.map((fault) => fault?.kind))).toEqual(
    new Set([undefined, 'unavailable', 'reset']),
  );
});

it('shows a short run every kind, and says which one it has not seen', () => {
  const { hooks, counts } = createFaults(createRandom(5), () => true);
  const ofStore = () => Object.entries(counts).filter(([kind]) => kind.startsWith('dynamodb'));
  expect(ofStore().length).toBe(9);
  for (let i = 0; i < 300; i += 1) hooks.dynamodb?.('TransactWriteItems', {});
  expect(ofStore().filter(([, count]) => count === 0)).toEqual([]);
  expect(counts['s3 PUT: reset']).toBe(0);
});
