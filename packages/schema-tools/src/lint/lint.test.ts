import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  at,
  bookingModel,
  contextOf,
  type Draft,
  envelopeSchema,
} from '../../test/lint-fixtures.ts';
import type { ReleasedSchema } from '../released.ts';
import { type Finding, LINT_RULES, lintEvents } from './lint.ts';
import type { LintContext } from './rule.ts';

const BOOKING = '/properties/booking';
const NIGHTS = '/properties/nights';
const ROOM = '/properties/nights/items/properties/room';
const PRICE = '/properties/nights/items/properties/price';

/** What is found when one keyword of one schema is another; `undefined` removes it. */
function lintWith(pointer: string, change: Draft, rest: Partial<LintContext> = {}) {
  const model = bookingModel((schema) => {
    const target = at(schema, pointer);
    for (const [keyword, value] of Object.entries(change)) {
      if (value === undefined) delete target[keyword];
      else target[keyword] = value;
    }
  });
  return shortly(lintEvents(contextOf([model], rest)));
}

function shortly(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, event, path }) => `${event} ${rule.id} ${path}`.trim());
}

function released(version: string, change: (schema: Draft) => void = () => {}): ReleasedSchema {
  const { type, schema } = bookingModel(change);
  return { type, version, schema, file: `${type}/${version}.json` };
}

function since(version: string): Draft {
  return { deprecated: true, 'x-deprecated': { since: version, removeIn: '9.0.0' } };
}

function deprecated(removeIn: string, use?: string): Draft {
  const details = { since: '1.1.0', removeIn, ...(use === undefined ? {} : { use }) };
  return { deprecated: true, 'x-deprecated': details };
}

test('an event that keeps every rule', () => {
  expect(lintEvents(contextOf([bookingModel()]))).toEqual([]);
});

/** Rule, where, what is changed there, and where it is found if not there. */
const broken: readonly (readonly [string, string, Draft, string?])[] = [
  ['owner-named', '', { 'x-owner': undefined }],
  ['owner-named', '', { 'x-owner': ' ' }],
  ['description-present', '', { description: undefined }],
  ['description-present', BOOKING, { description: undefined }],
  ['description-present', NIGHTS, { description: '  ' }],
  ['description-present', `${NIGHTS}/items`, { description: undefined }],
  ['description-present', PRICE, { description: 7 }],
  ['description-meaningful', '', { description: 'A room is booked.' }],
  ['description-meaningful', BOOKING, { description: 'The booking.' }],
  ['description-meaningful', BOOKING, { description: 'TODO say what it is.' }],
  ['description-meaningful', BOOKING, { description: '...' }],
  ['description-meaningful', ROOM, { description: 'This is the room of the event.' }],
  ['description-meaningful', ROOM, { description: 'Where the guest sleeps' }],
  ['unit-present', PRICE, { 'x-unit': undefined }],
  ['unit-present', PRICE, { 'x-unit': '', type: 'integer', examples: [3], multipleOf: 1 }],
  ['examples-present', BOOKING, { examples: undefined }],
  ['examples-present', ROOM, { examples: [] }],
  [
    'examples-present',
    ROOM,
    { enum: ['a'], examples: undefined, type: undefined, maxLength: undefined },
  ],
  ['examples-valid', BOOKING, { examples: ['B-17', 17] }, `${BOOKING}/examples/1`],
  ['examples-valid', ROOM, { examples: ['123456'] }, `${ROOM}/examples/0`],
  ['examples-valid', PRICE, { examples: [0.1 + 0.2] }, `${PRICE}/examples/0`],
  ['examples-valid', PRICE, { multipleOf: 7 }, `${PRICE}/examples/0`],
  ['examples-valid', ROOM, { pattern: '^[0-9]+$' }, `${ROOM}/examples/0`],
  ['examples-valid', ROOM, { format: 'uri', 'x-pii': 'incidental' }, `${ROOM}/examples/0`],
  [
    'examples-valid',
    BOOKING,
    { format: 'date-time', examples: ['2026-02-30T00:00:00Z'] },
    `${BOOKING}/examples/0`,
  ],
  ['schema-supported', BOOKING, { contentEncoding: 'base64' }, ''],
  ['schema-supported', ROOM, { pattern: '[' }, ''],
  [
    'name-snake-case',
    '/properties',
    { bookingDay: { const: 'x', description: 'Constant of a test.' } },
    '/properties/bookingDay',
  ],
  [
    'name-snake-case',
    `${NIGHTS}/items/properties`,
    { _: { const: 'x', description: 'Constant of a test.' } },
    `${NIGHTS}/items/properties/_`,
  ],
  [
    'name-snake-case',
    '/properties',
    { 'a/b~c': { const: 1, description: 'Constant of a test.' } },
    '/properties/a~1b~0c',
  ],
  ['envelope-kept', '/properties/user_id', { maxLength: 300 }, '/properties/user_id'],
  ['envelope-kept', '', { required: ['booking'] }, '/properties/user_id'],
  ['format-known', BOOKING, { format: 'email' }],
  ['format-known', ROOM, { format: 'uuid' }],
  ['string-bounded', BOOKING, { maxLength: undefined }],
  ['string-bounded', ROOM, { maxLength: undefined, pattern: '^[0-9]{2}b$' }],
  ['array-bounded', NIGHTS, { maxItems: undefined }],
  ['number-bounded', PRICE, { minimum: undefined, multipleOf: undefined }],
  ['number-bounded', PRICE, { maximum: undefined, multipleOf: undefined }],
  ['pii-marked', BOOKING, { 'x-pii': undefined }],
  ['pii-marked', ROOM, { 'x-pii': 'secret' }],
  ['pii-marked', PRICE, { 'x-pii': undefined }],
  [
    'pii-plausible',
    '/properties',
    { guest_email: named('guest_email') },
    '/properties/guest_email',
  ],
  [
    'pii-plausible',
    `${NIGHTS}/items/properties`,
    { customer_id: named('customer_id') },
    `${NIGHTS}/items/properties/customer_id`,
  ],
  ['pii-plausible', BOOKING, { 'x-pii': 'none', format: 'uri', examples: ['https://a.example'] }],
  ['name-not-reserved', '', { 'x-reserved': ['booking'] }, BOOKING],
  ['name-not-reserved', '', { 'x-reserved': ['nights.room'] }, ROOM],
  ['deprecation-announced', BOOKING, since('1.3.0')],
  ['deprecation-announced', ROOM, since('1.10.0')],
  ['deprecation-announced', '', since('2.0.0')],
  ['deprecation-kept', BOOKING, deprecated('1.2.0')],
  ['deprecation-kept', ROOM, deprecated('1.0.0')],
  ['deprecation-kept', '', deprecated('1.1.9')],
  ['deprecation-target', BOOKING, deprecated('2.0.0', 'reservation')],
  ['deprecation-target', ROOM, deprecated('2.0.0', 'room')],
  ['deprecation-target', '', deprecated('2.0.0', 'room_booked')],
];

/** A string that is fine but for what its name suggests. */
function named(name: string): Draft {
  return {
    type: 'string',
    description: `What a test calls ${name} to see it found.`,
    examples: ['x'],
    maxLength: 9,
    'x-pii': 'none',
  };
}

const cases = broken.map(([rule, pointer, change, found = pointer]) => ({
  rule,
  pointer,
  change,
  found,
}));
test.each(cases)('$rule is broken at $pointer by $change', ({ rule, pointer, change, found }) => {
  expect(lintWith(pointer, change)).toEqual([`room_booked ${rule} ${found}`.trim()]);
});

/** What looks like a mistake and is none. */
const kept: readonly (readonly [string, Draft])[] = [
  ['', { description: 'Räume: ausgebucht.' }],
  [BOOKING, { description: 'Bookings are numbered by the hotel!' }],
  [
    BOOKING,
    { const: 'B', type: undefined, maxLength: undefined, examples: undefined, 'x-pii': undefined },
  ],
  [ROOM, { const: '12b', maxLength: undefined, 'x-pii': undefined }],
  [ROOM, { enum: ['12b'], maxLength: undefined }],
  [
    PRICE,
    {
      enum: [1],
      examples: [1],
      minimum: undefined,
      maximum: undefined,
      multipleOf: undefined,
      'x-unit': undefined,
    },
  ],
  [
    PRICE,
    {
      minimum: undefined,
      maximum: undefined,
      exclusiveMinimum: 0,
      exclusiveMaximum: 99,
      multipleOf: undefined,
    },
  ],
  [BOOKING, { 'x-pii': 'incidental', format: 'uri', examples: ['https://a.example'] }],
  [BOOKING, { format: 'date-time', examples: ['2026-02-28T00:00:00Z'], maxLength: 24 }],
  [ROOM, { 'x-pii': 'none', description: 'Says e-mail, which is no name.' }],
  ['', { 'x-reserved': ['room', 'price', 'nights.booking'] }],
  [BOOKING, deprecated('2.0.0', 'nights')],
  [ROOM, deprecated('2.0.0', 'price')],
  [ROOM, deprecated('2.0.0', 'booking')],
  [
    `${NIGHTS}/items/properties`,
    { booking: { ...named('booking'), ...deprecated('2.0.0', 'booking') } },
  ],
  [BOOKING, { deprecated: true }],
];

test.each(kept)('at %s no rule is broken by %j', (pointer, change) => {
  expect(lintWith(pointer, change)).toEqual([]);
});

test('what is to be used instead may not be deprecated itself, and of an event is another event', () => {
  const first = bookingModel((schema) => {
    Object.assign(at(schema, BOOKING), deprecated('2.0.0', 'nights'));
    Object.assign(at(schema, NIGHTS), deprecated('2.0.0'));
    Object.assign(schema, deprecated('2.0.0', 'stay_booked'));
  });
  const [missing, chained] = lintEvents(contextOf([first]));
  expect(missing).toMatchObject({
    path: '',
    message: 'It names "stay_booked", which is not there.',
  });
  expect(chained).toMatchObject({
    path: BOOKING,
    message: 'It names "nights", which is deprecated itself.',
  });
  const second = bookingModel(() => {}, { type: 'stay_booked' });
  expect(lintEvents(contextOf([first, second]))).toHaveLength(1);
  const circle = bookingModel((schema) => {
    Object.assign(schema, deprecated('2.0.0', 'room_booked'));
  });
  const next = bookingModel(() => {}, { version: '2.0.0' });
  expect(lintEvents(contextOf([next, circle]))).toHaveLength(1);
});

test('the type of an event is snake_case and not reserved', () => {
  const loud = bookingModel(() => {}, { type: 'RoomBooked' });
  expect(shortly(lintEvents(contextOf([loud])))).toEqual(['RoomBooked name-snake-case']);
  const again = contextOf([bookingModel()], { reserved: ['room_booked'] });
  expect(shortly(lintEvents(again))).toEqual(['room_booked name-not-reserved']);
});

test('the envelope is looked at once, whatever the number of events', () => {
  const unbounded: Draft = structuredClone({ ...envelopeSchema });
  delete at(unbounded, '/properties/user_id')['maxLength'];
  Object.assign(at(unbounded, '/properties/user_id'), deprecated('1.9.0'));
  const share = (schema: Draft) =>
    Object.assign(at(schema, '/properties'), { user_id: at(unbounded, '/properties/user_id') });
  const models = ['1.2.0', '2.0.0'].map((version) => bookingModel(share, { version }));
  const context = contextOf(models, { envelopeOf: () => unbounded });
  expect(shortly(lintEvents(context))).toEqual([
    'envelope string-bounded /properties/user_id',
    'envelope deprecation-kept /properties/user_id',
  ]);
});

test('a deprecation is announced by the version that it names', () => {
  const lint = (past: ReleasedSchema[]) => lintWith(BOOKING, since('1.1.0'), { released: past });
  expect(lint([released('1.0.0')])).toEqual([]);
  expect(lint([released('1.1.0')])).toEqual([
    'room_booked deprecation-announced /properties/booking',
  ]);
  const announced = released('1.1.0', (schema) =>
    Object.assign(at(schema, BOOKING), since('1.1.0')),
  );
  expect(lint([announced])).toEqual([]);
  const early = lintEvents(
    contextOf([bookingModel((schema) => Object.assign(at(schema, BOOKING), since('1.3.0')))]),
  );
  expect(early.map(({ message }) => message)).toEqual([
    'It says to be deprecated since 1.3.0; this is 1.2.0, which is not released yet: say that.',
  ]);
  // Of the envelope one event is enough: not all of them are of one version.
  const shared: Draft = structuredClone({ ...envelopeSchema });
  Object.assign(at(shared, '/properties/user_id'), since('1.3.0'));
  const share = (schema: Draft) =>
    Object.assign(at(schema, '/properties'), { user_id: at(shared, '/properties/user_id') });
  const lintAll = (...versions: string[]) =>
    shortly(
      lintEvents(
        contextOf(
          versions.map((version, index) =>
            bookingModel(share, { version, type: `event_${index}` }),
          ),
          { envelopeOf: () => shared },
        ),
      ),
    );
  expect(lintAll('1.2.0', '1.3.0')).toEqual([]);
  expect(lintAll('1.2.0', '1.2.9')).toEqual(['envelope deprecation-announced /properties/user_id']);
});

test('what a released version had is there or reserved', () => {
  const lint = (reserved: string[] | undefined, ...versions: ReleasedSchema[]) =>
    lintEvents(
      contextOf(
        [
          bookingModel((schema) => {
            delete at(schema, `${NIGHTS}/items/properties`)['price'];
            if (reserved !== undefined) schema['x-reserved'] = reserved;
          }),
        ],
        { released: versions },
      ),
    ).map(({ rule, message }) => `${rule.id}: ${message}`);
  const finding =
    'removed-name-reserved: nights.price, which version 1.0.0 had, is gone and not reserved.';
  expect(lint(undefined, released('1.0.0'), released('1.1.0'))).toEqual([finding]);
  expect(lint(['price'], released('1.0.0'))).toEqual([finding]);
  expect(lint(['nights.price'], released('1.0.0'))).toEqual([]);
  // A later version is none of its past, an event of another name is none of its own.
  expect(lint(undefined, released('1.3.0'))).toEqual([]);
  expect(lint(undefined, { ...released('1.0.0'), type: 'room_seen' })).toHaveLength(1);
  // Of a record that is gone with all its fields, the record is told, and covers the rest.
  const withGuest = released('1.0.0', (schema) => {
    const guest = { type: 'object', properties: { name: { type: 'string' } } };
    Object.assign(at(schema, '/properties'), { guest });
  });
  expect(lint(['nights.price'], withGuest)).toEqual([
    'removed-name-reserved: guest, which version 1.0.0 had, is gone and not reserved.',
  ]);
  expect(lint(['nights.price', 'guest'], withGuest)).toEqual([]);
});

test('a reserved name stays reserved', () => {
  const past = released('1.0.0', (schema) => {
    schema['x-reserved'] = ['colour', 'nights.size'];
  });
  const lint = (reserved: unknown) =>
    lintWith('', { 'x-reserved': reserved }, { released: [past] });
  expect(lint(['nights.size', 'colour', 'more'])).toEqual([]);
  expect(lint(['colour'])).toEqual(['room_booked removed-name-reserved']);
  expect(lint(undefined)).toHaveLength(2);
});

test('a released event or major stays defined, or its type is reserved', () => {
  const [one, two] = [bookingModel(), bookingModel(() => {}, { version: '2.1.0' })];
  const past = [released('1.0.0'), released('1.1.0'), released('2.0.0')];
  const lint = (models: LintContext['models'], reserved: string[] = []) =>
    lintEvents(contextOf(models, { released: past, reserved }));
  expect(lint([one, two])).toEqual([]);
  expect(lint([two, one])).toEqual([]);
  const retired = [{ type: 'room_booked', major: 1, why: 'None is left.' }];
  expect(lintEvents(contextOf([two], { released: past, retired }))).toEqual([]);
  expect(lint([two])).toMatchObject([
    { path: '', message: 'Version 1.x has been released and is not defined any more.' },
  ]);
  const three = bookingModel(() => {}, { version: '3.0.0' });
  expect(lint([two, three])).toMatchObject([{ version: '3.0.0' }]);
  const other = bookingModel(() => {}, { type: 'stay_booked' });
  expect(lint([other])).toMatchObject([
    { event: 'room_booked', version: '2.0.0', rule: { id: 'released-event-kept' } },
  ]);
  expect(lint([other], ['room_booked'])).toEqual([]);
});

/** Rules whose breaking has a test of its own above or in exceptions.test.ts. */
const ELSEWHERE = [
  'removed-name-reserved',
  'released-event-kept',
  'exception-complete',
  'exception-current',
  'exception-used',
];

test('every rule has a stable name of its own, a text, and a schema that breaks it', () => {
  const ids = LINT_RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...new Set(broken.map(([rule]) => rule)), ...ELSEWHERE].toSorted()).toEqual(
    ids.toSorted(),
  );
  for (const { what, why, mend } of LINT_RULES) {
    for (const sentence of [what, why, mend]) expect(sentence).toMatch(/^\S.*\.$/);
  }
});

const KEYWORDS =
  '$id $schema $ref $async type const enum anyOf items properties required additionalProperties description examples format pattern minLength maxLength minimum maximum multipleOf maxItems deprecated title __proto__ x-unit x-pii x-owner x-reserved x-deprecated x-lint-ignore x-open-enum'.split(
    ' ',
  );
const VALUES = ['string', 'number', 'integer', 'array', 'object', 'uri', 'none', '[', '1.0.0', ''];
const SHAPES = [
  { rule: 'pii-marked', until: 'x' },
  { since: 'a', removeIn: '1.0.0', use: 'a' },
];

const { junk } = fc.letrec<{ junk: unknown; schema: Draft }>((tie) => ({
  junk: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(...VALUES, ...SHAPES, null, true, 0, 0.1, 1e300, -1, ['a']),
    tie('schema'),
    fc.array(tie('junk'), { maxLength: 3 }),
  ),
  schema: fc.dictionary(fc.constantFrom(...KEYWORDS, 'a', 'user_id'), tie('junk'), { maxKeys: 8 }),
}));
const anySchema = fc.dictionary(fc.constantFrom(...KEYWORDS), junk, { maxKeys: 12 });

/** A sound event with one keyword somewhere in it replaced: what is nearly right is the hardest. */
const spoilt = fc
  .tuple(
    fc.constantFrom('', BOOKING, NIGHTS, `${NIGHTS}/items`, ROOM, PRICE, '/properties'),
    fc.constantFrom(...KEYWORDS),
    junk,
  )
  .map(([pointer, keyword, value]) => {
    const { schema } = bookingModel((draft) => {
      Object.defineProperty(at(draft, pointer), keyword, { value, enumerable: true });
    });
    return schema;
  });

test('whatever a schema says, lint answers', () => {
  const whatever = fc.oneof(anySchema, spoilt);
  const answers = fc.property(
    whatever,
    whatever,
    whatever,
    fc.constantFrom('1.0.0', '2.0.0', 'x', ''),
    (schema, envelope, past, version) => {
      const model = { type: 'a', version, description: '', schema, inputSchema: schema };
      const context = contextOf([model], {
        envelopeOf: () => envelope,
        released: [{ type: 'a', version: '1.0.0', schema: past, file: 'a/1.0.0.json' }],
      });
      const findings = lintEvents(context);
      expect(lintEvents(context)).toEqual(findings);
      expect(findings.filter(({ message }) => message.includes('undefined'))).toEqual([]);
    },
  );
  fc.assert(answers, { numRuns: 1000 });
});
