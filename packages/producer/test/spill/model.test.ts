import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SpilledEvent } from '../../src/spill/frame.ts';
import { event, ids, nextTurn, openTestSpill, TestDirectory, type TestSpill } from './directory.ts';

type Step =
  | { readonly kind: 'append'; readonly bytes: number }
  /** One of the unsettled, by its place among them. */
  | { readonly kind: 'settle'; readonly place: number }
  | { readonly kind: 'turn' }
  | { readonly kind: 'take'; readonly events: number }
  | { readonly kind: 'kill' }
  | { readonly kind: 'close' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('append' as const), bytes: fc.nat(900) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'turn' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('take' as const), events: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'kill' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'close' as const }) },
);

/** What must, and what may, be in the log, beside the real one. */
class Model implements Disposable {
  directory = new TestDirectory();
  spill: TestSpill = openTestSpill(this.directory.path, { segmentBytes: 4096 });
  #number = 0;
  /** Accepted and not settled, in the order of acceptance. */
  unsettled: SpilledEvent[] = [];
  /** Settled, but perhaps not yet on disk: it may come back. */
  #doubtful = new Map<string, SpilledEvent>();
  /** Of the backlog, what is still to be handed out. */
  #expected: SpilledEvent[] = [];
  #doubtfulBacklog = new Map<string, SpilledEvent>();

  async run(next: Step): Promise<void> {
    if (next.kind === 'append') {
      const appended = event(this.#number, next.bytes);
      this.#number += 1;
      assert.equal(this.spill.write(appended), 'safe');
      this.unsettled.push(appended);
    } else if (next.kind === 'settle') {
      const known = this.unsettled.filter(({ eventId }) => this.spill.tickets.has(eventId));
      const settled = known[Math.floor(next.place * known.length)];
      if (settled === undefined) return;
      this.spill.done(settled.eventId);
      this.unsettled.splice(this.unsettled.indexOf(settled), 1);
      this.#doubtful.set(settled.eventId, settled);
    } else if (next.kind === 'turn') {
      await nextTurn();
      this.#doubtful.clear();
    } else if (next.kind === 'take') {
      this.take(next.events);
    } else {
      if (next.kind === 'close') {
        this.spill.close();
        this.#doubtful.clear();
      }
      const directory = this.directory.afterKill();
      this.spill.close();
      this.directory[Symbol.dispose]();
      this.directory = directory;
      this.spill = openTestSpill(directory.path, { segmentBytes: 4096 });
      this.#expected = [...this.unsettled];
      // With those of the old backlog that were not handed out.
      for (const [id, each] of this.#doubtful) this.#doubtfulBacklog.set(id, each);
      this.#doubtful.clear();
    }
  }

  take(events: number): void {
    for (let count = 0; count < events; count += 1) {
      const entry = this.spill.nextOfBacklog();
      if (entry === undefined) {
        assert.deepEqual(this.#expected, []);
        return;
      }
      const { eventId } = entry.event;
      this.spill.tickets.set(eventId, entry.ticket);
      const doubtful = this.#doubtfulBacklog.get(eventId);
      if (doubtful === undefined) {
        assert.deepEqual(entry.event, this.#expected.shift());
      } else {
        // At most once in one life.
        this.#doubtfulBacklog.delete(eventId);
        assert.deepEqual(entry.event, doubtful);
        this.unsettled.push(entry.event);
        this.unsettled.sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
      }
    }
  }

  [Symbol.dispose](): void {
    this.spill.close();
    this.directory[Symbol.dispose]();
  }
}

test('whatever happens in whatever order, every unsettled event comes back exactly, in order, once in a life', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 80 }), async (steps) => {
      using model = new Model();
      for (const each of steps) await model.run(each);
      await model.run({ kind: 'kill' });
      model.take(1_000);
      expect([model.spill.damages, model.spill.faults]).toEqual([[], []]);
      for (const { eventId } of model.unsettled) model.spill.done(eventId);
      model.spill.close();
      expect(model.directory.files()).toEqual([]);
      expect(ids(model.spill.backlog())).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
