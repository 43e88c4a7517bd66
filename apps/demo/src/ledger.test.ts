import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AppliedEvent,
  computeLedger,
  type Evidence,
  findings,
  type ToldEvent,
} from './ledger.ts';

/** A world in which everything went well: some users' events and some quarantined records. */
const balanced = fc
  .record({
    users: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
    foreign: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ users, foreign }): Evidence => {
    let sequence = 100;
    const position = () => ({ shardId: 'shard-0', sequenceNumber: `${sequence++}` });
    const told: ToldEvent[] = [];
    const applied: AppliedEvent[] = [];
    const counters = new Map<string, string>();
    let cents = 0;
    users.forEach((count, user) => {
      for (let index = 0; index < count; index++) {
        const event = {
          userId: `user-${user}`,
          timestamp: new Date(index * 1_000).toISOString(),
        };
        const receipt = { eventId: `event-${sequence}`, position: position() };
        const appliedAt = new Date(sequence).toISOString();
        const row = { ...event, eventId: receipt.eventId, appliedAt, position: receipt.position };
        if (index % 2 === 0) {
          const revenue = { currency: 'EUR', amount: 0.1 };
          cents += 10;
          told.push({ ...event, receipt, revenue });
          applied.push({ ...row, revenue });
        } else {
          const counter = `page_views|/${user}|minute`;
          counters.set(counter, `${Number(counters.get(counter) ?? 0) + 1}`);
          told.push({ ...event, receipt });
          applied.push({ ...row, counter });
        }
      }
    });
    counters.set(
      'revenue|EUR|1970-01-01',
      `${Math.floor(cents / 100)}.${`${cents % 100}`.padStart(2, '0')}`,
    );
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const strangers = Array.from({ length: foreign }, (_, n) => ({
      position: position(),
      payload: base64(`poison ${n}`),
    }));
    return {
      told,
      applied,
      counters,
      foreign: strangers,
      quarantined: strangers.map((each) => ({ reason: 'not_json', ...each })),
      unhandledDeadLetters: 0,
    };
  });

/** The same world with all of its records aggregated into one; receipts know the Kinesis record only. */
const aggregated = balanced.map((world): Evidence => {
  const outer = { shardId: 'shard-0', sequenceNumber: '1' };
  const within = ({ sequenceNumber }: { sequenceNumber: string }) => ({
    ...outer,
    subsequenceNumber: Number(sequenceNumber) - 100,
  });
  return {
    ...world,
    told: world.told.map((event) => ({
      ...event,
      receipt: event.receipt && { ...event.receipt, position: outer },
    })),
    applied: world.applied.map((event) => ({ ...event, position: within(event.position) })),
    foreign: world.foreign.map((record) => ({ ...record, position: outer })),
    quarantined: world.quarantined.map((record) => ({
      ...record,
      position: record.position && within(record.position),
    })),
  };
});

const balancedWithIndex = fc.tuple(balanced, fc.nat()).map(([world, n]) => ({
  world,
  index: n % world.applied.length,
}));

describe('computeLedger', () => {
  it('balances when every record was applied once, in order, or quarantined', () => {
    fc.assert(
      fc.property(balanced, (world) => {
        const ledger = computeLedger(world);
        expect(findings(ledger)).toEqual([]);
        expect(ledger.tracked + ledger.foreign).toBe(
          ledger.applied + (ledger.quarantined['not_json'] ?? 0),
        );
      }),
    );
  });

  it('finds an event that is in neither store', () => {
    fc.assert(
      fc.property(balancedWithIndex, ({ world, index }) => {
        const applied = world.applied.toSpliced(index, 1);
        const ledger = computeLedger({ ...world, applied });
        // Its counter still counts it, which shows as well.
        expect(ledger.lost).toBe(1);
        expect(findings(ledger)).toContain('1 lost');
      }),
    );
  });

  it('finds a foreign record that vanished', () => {
    fc.assert(
      fc.property(balanced, (world) => {
        const quarantined = world.quarantined.slice(1);
        expect(computeLedger({ ...world, quarantined }).lost).toBe(1);
      }),
    );
  });

  it('finds a record in quarantine without its payload', () => {
    fc.assert(
      fc.property(balanced, (world) => {
        const quarantined = world.quarantined.map((record) => ({ ...record, payload: '' }));
        const ledger = computeLedger({ ...world, quarantined });
        expect(ledger.lost).toBe(world.foreign.length);
      }),
    );
  });

  it('takes an event in quarantine as kept only with its payload', () => {
    fc.assert(
      fc.property(balancedWithIndex, fc.boolean(), ({ world, index }, complete) => {
        const event = world.applied[index];
        if (!event?.revenue) return;
        const payload = complete ? `{"event_id":"${event.eventId}"}` : '{}';
        const letter = {
          reason: 'exhausted',
          position: event.position,
          payload: Buffer.from(payload).toString('base64'),
        };
        const applied = world.applied.toSpliced(index, 1);
        const quarantined = [...world.quarantined, letter];
        const { lost } = computeLedger({ ...world, applied, quarantined });
        expect(lost).toBe(complete ? 0 : 1);
      }),
    );
  });

  it('finds an event that nobody has sent', () => {
    fc.assert(
      fc.property(balancedWithIndex, ({ world, index }) => {
        const some = world.applied[index];
        if (!some) return;
        const invented = { ...some, userId: 'nobody', eventId: 'invented' };
        const { duplicated } = computeLedger({ ...world, applied: [...world.applied, invented] });
        expect(duplicated).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('counts people with a browser as shoppers', () => {
    fc.assert(
      fc.property(balancedWithIndex, ({ world, index }) => {
        const some = world.applied[index];
        if (!some?.counter) return;
        const userId = 'shopper-018f6f0e-0000-4000-8000-000000000000';
        const visitor = { ...some, userId, eventId: 'visit' };
        const counters = new Map(world.counters);
        counters.set(some.counter, `${Number(counters.get(some.counter)) + 1}`);
        const applied = [...world.applied, visitor];
        const ledger = computeLedger({ ...world, applied, counters });
        expect(findings(ledger)).toEqual([]);
        expect(ledger.tracked).toBe(world.told.length + 1);
      }),
    );
  });

  it('finds an event that was applied again under another id', () => {
    fc.assert(
      fc.property(balancedWithIndex, ({ world, index }) => {
        const again = world.applied[index];
        if (!again) return;
        const applied = [...world.applied, { ...again, eventId: 'another' }];
        expect(computeLedger({ ...world, applied }).duplicated).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('finds a counter that moved twice, or not at all', () => {
    fc.assert(
      fc.property(balanced, fc.integer({ min: -1, max: 1 }), (world, by) => {
        const counters = new Map(world.counters);
        const name = [...counters.keys()].find((each) => each.startsWith('page_views'));
        if (!name) return;
        counters.set(name, `${Number(counters.get(name)) + by}`);
        const ledger = computeLedger({ ...world, counters });
        expect({ duplicated: ledger.duplicated, lost: ledger.lost }).toEqual({
          duplicated: Math.max(0, by),
          lost: Math.max(0, -by),
        });
      }),
    );
  });

  it.each(['sequenceNumber', 'appliedAt'] as const)(
    'finds two events of a user swapped by %s',
    (by) => {
      fc.assert(
        fc.property(balanced, (world) => {
          const [first, second] = world.applied;
          if (!first || !second || first.userId !== second.userId) return;
          const swap = (a: AppliedEvent, b: AppliedEvent): AppliedEvent =>
            by === 'appliedAt'
              ? { ...a, appliedAt: b.appliedAt }
              : { ...a, position: b.position, appliedAt: b.appliedAt };
          const applied = [swap(first, second), swap(second, first), ...world.applied.slice(2)];
          expect(computeLedger({ ...world, applied }).reordered).toBe(1);
        }),
      );
    },
  );

  it('adds money exactly and finds a cent too many', () => {
    fc.assert(
      fc.property(balanced, (world) => {
        const counters = new Map([...world.counters, ['revenue|EUR|1970-01-02', '0.01']]);
        const { revenue } = computeLedger({ ...world, counters });
        expect(revenue['EUR']?.stored).not.toBe(revenue['EUR']?.expected);
      }),
    );
  });

  it('counts a record that is both applied and in quarantine as applied', () => {
    fc.assert(
      fc.property(balancedWithIndex, ({ world, index }) => {
        const position = world.applied[index]?.position ?? null;
        const quarantined = [...world.quarantined, { reason: 'exhausted', position, payload: '' }];
        const ledger = computeLedger({ ...world, quarantined });
        expect(findings(ledger)).toEqual([]);
        expect(ledger.quarantined).not.toHaveProperty('exhausted');
      }),
    );
  });

  it('lets an event whose answer was lost be applied all the same', () => {
    fc.assert(
      fc.property(balancedWithIndex, ({ world, index }) => {
        const told = world.told.map((event, i) =>
          i === index ? { ...event, receipt: null } : event,
        );
        const ledger = computeLedger({ ...world, told });
        expect(ledger).toMatchObject({ undeliverable: 1, lost: 0, duplicated: 0, reordered: 0 });
        expect(findings(ledger)).toEqual(['1 not delivered to the stream']);
      }),
    );
  });

  it('tells of events without a receipt how many are in the table', () => {
    fc.assert(
      fc.property(balancedWithIndex, fc.boolean(), ({ world, index }, isUnconfirmed) => {
        const kind = isUnconfirmed ? 'unconfirmed' : 'undeliverable';
        const none = { undeliverable: 0, unconfirmed: 0 };
        const told = world.told.map((event, i) =>
          i === index ? { ...event, receipt: null, isUnconfirmed } : event,
        );
        const applied = computeLedger({ ...world, told });
        expect(applied).toMatchObject({ [kind]: 1, appliedThough: { ...none, [kind]: 1 } });
        const absent = { ...world, told, applied: world.applied.filter((_, i) => i !== index) };
        expect(computeLedger(absent)).toMatchObject({ [kind]: 1, appliedThough: none });
      }),
    );
  });

  it('counts a message that nobody handled as lost', () => {
    fc.assert(
      fc.property(balanced, (world) => {
        expect(computeLedger({ ...world, unhandledDeadLetters: 3 }).lost).toBe(3);
      }),
    );
  });

  it('counts user records where records are aggregated', () => {
    fc.assert(
      fc.property(aggregated, (world) => {
        const ledger = computeLedger(world);
        expect(findings(ledger)).toEqual([]);
        expect(ledger).toMatchObject({
          applied: world.told.length,
          quarantined: { not_json: world.foreign.length },
        });
      }),
    );
  });

  it('misses one user record among those of an aggregate', () => {
    fc.assert(
      fc.property(aggregated, fc.nat(), fc.boolean(), (world, n, isForeign) => {
        const index = n % (isForeign ? world.quarantined : world.applied).length;
        const ledger = computeLedger({
          ...world,
          applied: isForeign ? world.applied : world.applied.toSpliced(index, 1),
          quarantined: isForeign ? world.quarantined.toSpliced(index, 1) : world.quarantined,
        });
        expect(ledger.lost).toBe(1);
      }),
    );
  });

  it('finds two user records of one user swapped within an aggregate', () => {
    fc.assert(
      fc.property(aggregated, (world) => {
        const [first, second] = world.applied;
        if (!first || !second || first.userId !== second.userId) return;
        const applied = [
          { ...first, position: second.position },
          { ...second, position: first.position },
          ...world.applied.slice(2),
        ];
        expect(computeLedger({ ...world, applied }).reordered).toBe(1);
      }),
    );
  });
});
