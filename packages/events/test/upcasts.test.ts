import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contracts, type OlderContract, olderContracts, parseEvent } from '../src/index.ts';
import { mutationsOf } from './mutations.ts';

const RUNS = 2000;

const older: readonly OlderContract[] = Object.values(olderContracts).flat();

/** Holds by itself as long as no event has an older major; then it asks every upcast. */
test('whatever is valid in an older major is read as the newest', () => {
  for (const { type, is, sample, envelope } of older) {
    const kept = (event: object) =>
      Object.entries(event).filter(
        ([name]) => envelope.includes(name) && name !== 'schema_version',
      );
    expect(is(sample)).toBe(true);
    fc.assert(
      fc.property(fc.oneof(mutationsOf(sample), fc.constant(sample)), (event) => {
        if (!is(event)) return;
        const parsed = parseEvent(new TextEncoder().encode(JSON.stringify(event)));
        const message = parsed.ok ? '' : parsed.message;
        expect({ event, message }).toEqual({ event, message: '' });
        if (!parsed.ok) return;
        expect(contracts[type].is(parsed.event)).toBe(true);
        expect(Object.fromEntries(kept(parsed.event))).toEqual(Object.fromEntries(kept(event)));
      }),
      { numRuns: RUNS },
    );
  }
});
