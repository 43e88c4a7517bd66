import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createUuidV7 } from './uuid-v7.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

test('ids grow strictly, whatever the clock does, and are well formed', () => {
  const clocks = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 600 });
  fc.assert(
    fc.property(clocks, fc.nat(0xff_ff_ff), (offsets, start) => {
      let call = 0;
      const mint = createUuidV7(() => start + (offsets[call++] ?? 0));
      let last = '';
      for (const _ of offsets) {
        const id = mint();
        expect(id).toMatch(UUID_V7);
        expect(id > last).toBe(true);
        last = id;
      }
    }),
  );
});

test('ids carry the time of the clock as long as it moves on', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 48 - 2 }), { minLength: 1 }),
      (raw) => {
        const times = raw.toSorted((a, b) => a - b);
        let call = 0;
        const mint = createUuidV7(() => times[call++] ?? 0);
        expect(times.map(() => timeOf(mint()))).toEqual(times);
      },
    ),
  );
});

test('more ids than a counter holds borrow from the next millisecond', () => {
  const mint = createUuidV7(() => 1_700_000_000_000);
  const ids = Array.from({ length: 20_000 }, mint);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !UUID_V7.test(id))).toEqual([]);
  expect(timeOf(ids.at(-1) ?? '') - 1_700_000_000_000).toBeLessThanOrEqual(9);
});

test('even with the worst random bytes the counter has room for half its range', () => {
  for (const byte of [0, 0xff]) {
    const mint = createUuidV7(
      () => 7,
      (bytes) => bytes.fill(byte),
    );
    const ids = Array.from({ length: 2_049 }, mint);
    expect(ids.map(timeOf)).toEqual(ids.map(() => 7));
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('every random bit is used', () => {
  const mint = createUuidV7();
  let seen = 0n;
  let always = (1n << 128n) - 1n;
  for (let round = 0; round < 2_000; round += 1) {
    const bits = BigInt(`0x${mint().replaceAll('-', '')}`);
    seen |= bits;
    always &= bits;
  }
  const randomBits = (1n << 62n) - 1n;
  expect(seen & randomBits).toBe(randomBits);
  expect(always & randomBits).toBe(0n);
});

test('two processes that mint at the same moment mint different ids', () => {
  const nowMs = (): number => 1_764_000_000_000;
  const [one, other] = [createUuidV7(nowMs), createUuidV7(nowMs)];
  const ids = Array.from({ length: 10_000 }, () => [one(), other()]).flat();
  expect(new Set(ids).size).toBe(20_000);
});
