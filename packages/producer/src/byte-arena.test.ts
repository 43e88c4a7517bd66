import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteArena, type Place } from './byte-arena.ts';

const PIECE_BYTES = 4_096;
const SLACK_BYTES = 4 * 1_024 * 1_024;

interface Held {
  place: Place;
  readonly bytes: number;
  readonly fill: number;
}

function write(arena: ByteArena, bytes: number, fill: number): Held {
  const offset = arena.reserve(bytes);
  const { piece } = arena;
  piece.memory.fill(fill, offset, offset + bytes);
  arena.commit(offset + bytes);
  return { place: { piece, offset }, bytes, fill };
}

/** All pieces that something lies in, and the one that is written to. */
function heldBy(arena: ByteArena, all: readonly Held[]): number {
  const pieces = new Set([arena.piece, ...all.map(({ place }) => place.piece)]);
  return [...pieces].reduce((sum, { memory }) => sum + memory.length, 0);
}

test('whatever is released in whatever order: nothing is overwritten, and no more held than said', () => {
  const size = fc
    .integer({ min: 1, max: 900 })
    .map((bytes) => (bytes % 10 === 0 ? bytes * 10 : bytes));
  const step = fc.record({ sizes: fc.array(size, { maxLength: 60 }), releases: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, seed) => {
      const arena = new ByteArena();
      const all: Held[] = [];
      let random = seed;
      for (const { sizes, releases } of steps) {
        for (const bytes of sizes) all.push(write(arena, bytes, (all.length * 7) % 251));
        for (let count = 0; count < releases && all.length > 0; count += 1) {
          random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
          const [gone] = all.splice(random % all.length, 1);
          if (gone) arena.release(gone.place.piece, gone.bytes);
        }
        for (const held of all) held.place = arena.move(held.place, held.bytes);
        const live = all.reduce((sum, { bytes }) => sum + bytes, 0);
        expect(arena.liveBytes).toBe(live);
        expect(arena.heldBytes).toBe(heldBy(arena, all));
        // Besides, the piece that is written to, and the one before, whose events stay where they are.
        const pieces = arena.piece.memory.length + PIECE_BYTES;
        expect(arena.heldBytes).toBeLessThanOrEqual(2 * live + pieces);
      }
      for (const { place, bytes, fill } of all) {
        const { piece, offset } = place;
        const data = piece.memory.subarray(offset, offset + bytes);
        expect(data.every((byte) => byte === fill)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('one survivor in each piece makes it sparse, and moving them mends that', () => {
  const arena = new ByteArena();
  const survivors: Held[] = [];
  for (let index = 0; !arena.isSparse; index += 1) {
    const held = write(arena, 256, index % 251);
    if (index % 16 === 0) survivors.push(held);
    else arena.release(held.place.piece, held.bytes);
    expect(index).toBeLessThan(100_000);
  }
  expect(arena.heldBytes).toBeGreaterThan(SLACK_BYTES);
  for (const held of survivors) held.place = arena.move(held.place, held.bytes);
  expect(arena.isSparse).toBe(false);
  expect(arena.heldBytes).toBeLessThan(1.1 * arena.liveBytes);
});
