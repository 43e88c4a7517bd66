import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  type Gap,
  type SpilledEvent,
  scanFrames,
  stampFrame,
} from './frame.ts';

const SEED = 0x1234;

/** Any text that UTF-8 can carry. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  // Longer than the shared buffer now and then.
  fc
    .tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }), fc.nat(30_000))
    .map(([unit, times]) => unit.repeat(times)),
);
const event: fc.Arbitrary<SpilledEvent> = fc.record({
  eventType: fc.constantFrom('page_view', 'click', 'purchase'),
  eventId: fc.uuid(),
  partitionKey: fc.string({ unit: 'binary', minLength: 1, maxLength: 256 }),
  data: text,
});
const small = fc.record({
  eventType: fc.constant('click' as const),
  eventId: fc.uuid(),
  partitionKey: fc.string({ unit: 'grapheme', maxLength: 8 }),
  data: fc.string({ unit: 'binary', maxLength: 60 }),
});

function write(events: readonly SpilledEvent[], seed = SEED): Buffer {
  return Buffer.concat(
    events.map((each) => {
      const frame = encodeFrame(each);
      stampFrame(frame, seed);
      return Buffer.from(frame);
    }),
  );
}

function scan(
  bytes: Buffer,
  seed = SEED,
): { events: SpilledEvent[]; gaps: Gap[]; frames: Frame[] } {
  const found = [...scanFrames(bytes, 0, seed)];
  let offset = 0;
  for (const part of found) {
    expect(part.offset).toBe(offset);
    expect(part.end).toBeGreaterThan(offset);
    offset = part.end;
  }
  expect(offset).toBe(bytes.length);
  const frames = found.filter((part): part is Frame => 'check' in part);
  return {
    frames,
    events: frames.map((frame) => decodeFrame(bytes, frame)),
    gaps: found.filter((part): part is Gap => 'reason' in part),
  };
}

test('what is written is read, exactly and in order', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 8 }), (events) => {
      const { events: read, gaps } = scan(write(events));
      expect(read).toEqual(events);
      expect(gaps).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('cut anywhere, all whole events are read and the rest is one torn part', () => {
  fc.assert(
    fc.property(fc.array(small, { minLength: 1, maxLength: 4 }), (events) => {
      const bytes = write(events);
      const { frames } = scan(bytes);
      for (let size = 0; size <= bytes.length; size += 1) {
        const whole = frames.filter(({ end }) => end <= size);
        const { events: read, gaps } = scan(bytes.subarray(0, size));
        expect(read).toEqual(events.slice(0, whole.length));
        const offset = whole.at(-1)?.end ?? 0;
        expect(gaps).toEqual(offset === size ? [] : [{ offset, end: size, reason: 'torn' }]);
      }
    }),
    { numRuns: 30 },
  );
});

test('after damage, every event that was not hit is read, and nothing else', () => {
  const flips = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.array(small, { minLength: 1, maxLength: 8 }), flips, (events, places) => {
      const bytes = write(events);
      const { frames } = scan(bytes);
      const damaged = Buffer.from(bytes);
      for (const place of places) {
        const bit = Math.floor(place * bytes.length * 8);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      }
      const intact = frames.filter(
        ({ offset, end }) =>
          Buffer.compare(bytes.subarray(offset, end), damaged.subarray(offset, end)) === 0,
      );
      expect(scan(damaged).events).toEqual(intact.map((frame) => decodeFrame(bytes, frame)));
    }),
    { numRuns: 300 },
  );
});

test('noise before, between and after events is skipped', () => {
  const noise = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));
  // Half frames too: they look most like the real thing.
  const part = fc.oneof(
    small.map((each) => ({ event: each, bytes: write([each]) })),
    noise.map((bytes) => ({ event: undefined, bytes })),
    fc.tuple(small, fc.nat(21)).map(([each, size]) => ({
      event: undefined,
      bytes: write([each]).subarray(0, size),
    })),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
      const { events } = scan(Buffer.concat(parts.map(({ bytes }) => bytes)));
      expect(events).toEqual(parts.map((each) => each.event).filter((each) => each !== undefined));
    }),
    { numRuns: 300 },
  );
});

test('events of another segment are not read, nor those that somebody tracks inside of an event', () => {
  const inner: SpilledEvent = { eventType: 'click', eventId: 'a', partitionKey: 'b', data: 'c' };
  expect(scan(write([inner]), SEED + 1).events).toEqual([]);

  const outer = { ...inner, data: write([inner]).toString('latin1') };
  const bytes = write([outer]);
  bytes[3] = (bytes[3] ?? 0) ^ 1;
  expect(scan(bytes).events).toEqual([]);
});
