import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bump, largestBump } from '../diff/change.ts';
import { judgeBump, missingLines } from './bump.ts';
import type { EventChange } from './event-changes.ts';
import { summaryLines, summaryOf } from './summary.ts';

const added = (field: string): EventChange['differences'][number] => ({
  rule: 'property-added-optional',
  path: `/properties/${field}`,
  bump: 'minor',
  message: `optional field "${field}" added`,
});

const click: EventChange = {
  type: 'click',
  version: '1.1.0',
  released: '1.0.0',
  kind: 'event-changed',
  bump: 'minor',
  differences: [added('x')],
};

function pending(declared: Bump | undefined, ...texts: string[]) {
  return { packages: ['events'], version: '1.0.0', declared, texts };
}

const rulesOf = (...args: Parameters<typeof judgeBump>) =>
  judgeBump(...args).shortfalls.map(({ rule, event, field }) => [rule, event, field]);

test('a bump that is too small is named by event, field and rule', () => {
  const { needed, shortfalls } = judgeBump([click], pending('patch', 'click has x'));
  expect(needed).toBe('minor');
  expect(shortfalls).toEqual([
    {
      rule: 'changeset-bump',
      event: 'click',
      field: 'x',
      because: 'property-added-optional',
      message:
        'click.x (property-added-optional) needs a minor release and the changesets declare patch; run `pnpm schemas bump --write`, or undo it.',
    },
  ]);
  expect(rulesOf([click], pending('minor', 'click has x'))).toEqual([]);
  expect(rulesOf([click], pending('major', 'click has x'))).toEqual([]);
});

test('a version that was not raised, or not enough', () => {
  const low = { ...click, version: '1.0.1' };
  const { shortfalls } = judgeBump([low], pending('minor', 'click has x'));
  expect(shortfalls).toMatchObject([{ rule: 'event-version', event: 'click', field: 'x' }]);
  expect(shortfalls[0]?.message).toContain("write `version: '1.1.0'` into its definition");
  const broken = { ...low, bump: 'major' as const };
  const major = judgeBump([broken], pending('major', 'click has x')).shortfalls[0];
  expect(major?.message).toContain('define click 2.0.0 beside 1.0.1 with an upcast');
});

test('the changelog names every event and field, as words of their own', () => {
  const say = (...texts: string[]) => rulesOf([click], pending('minor', ...texts));
  expect(say('`click`: `x` is new')).toEqual([]);
  expect(say('clicks have x', 'click has xy')).toEqual([['changelog-text', 'click', 'x']]);
  const documented = { ...added('x'), bump: 'patch' as const };
  const mended: EventChange = { ...click, bump: 'patch', differences: [documented] };
  expect(rulesOf([mended], pending('patch', 'click is documented'))).toEqual([]);
  expect(rulesOf([mended], pending('patch', ''))).toEqual([['changelog-text', 'click', undefined]]);
});

test('nothing changed: any changeset will do, and none', () => {
  expect(judgeBump([], pending(undefined))).toMatchObject({ needed: undefined, shortfalls: [] });
  expect(judgeBump([], pending('patch', 'faster')).shortfalls).toEqual([]);
});

const difference = fc
  .record({
    field: fc.stringMatching(/^[a-z]{1,3}$/),
    bump: fc.constantFrom<Bump>('patch', 'minor', 'major'),
  })
  .map(({ field, bump }) => ({ ...added(field), bump }));
const event = fc
  .record({
    type: fc.stringMatching(/^[a-z]{2,4}$/),
    kind: fc.constantFrom<EventChange['kind']>(
      'event-added',
      'major-added',
      'event-changed',
      'version-raised',
      'event-removed',
      'major-retired',
    ),
    bump: fc.constantFrom<Bump>('patch', 'minor', 'major'),
    differences: fc.array(difference, { minLength: 1, maxLength: 3 }),
  })
  .map(({ type, kind, bump, differences }): EventChange => {
    const common = { type, kind, version: '9.0.0', released: '1.0.0' };
    if (kind === 'event-changed') {
      return { ...common, differences, bump: largestBump(differences) ?? bump };
    }
    return { ...common, differences: kind === 'major-added' ? differences : [], bump };
  });

test('the drafted changeset always satisfies what it was drafted for, and is drafted once', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1 }), (events) => {
      const { needed } = judgeBump(events, pending(undefined));
      const drafted = pending(needed, summaryOf(missingLines(events, pending(undefined))));
      expect(judgeBump(events, drafted).shortfalls).toEqual([]);
      expect(missingLines(events, drafted)).toEqual([]);
    }),
  );
});

test.each<[Partial<EventChange>, string]>([
  [{}, '- `click` 1.1.0: optional field `x` added.'],
  [{ version: '1.0.0' }, '- `click` 1.1.0: optional field `x` added.'],
  [{ kind: 'event-added' }, '- New event `click`, version 1.1.0.'],
  [{ kind: 'event-removed' }, '- The event `click` 1.1.0 is gone.'],
  [
    { differences: [{ ...added('x'), path: '/properties/items/items/properties/x' }] },
    '- `click` 1.1.0: optional field `items.x` added.',
  ],
  [
    { differences: [{ ...added('x'), message: 'deprecated' }] },
    '- `click` 1.1.0: `x`: deprecated.',
  ],
  [{ differences: [{ ...added('x'), bump: 'patch' }] }, '- `click` 1.1.0: documentation only.'],
])('the changelog of %j', (change, line) => {
  expect(summaryLines({ ...click, ...change })).toEqual([line]);
});
