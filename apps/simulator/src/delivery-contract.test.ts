import { Big } from 'big.js';
import { expect, test } from 'vitest';
import { checkDeliveryContract } from './delivery-contract.ts';
import type { Evidence, TrackedEvent } from './evidence.ts';
import type { EventItem } from './services/dynamodb.ts';
import type { ForeignRecord } from './workload.ts';

const timestamp = '2027-01-01T00:00:00.000Z';
const id = (index: number): string => `id-${index}`;

function trackedEvent(index: number, outcome: TrackedEvent['outcome']): TrackedEvent {
  const input = { user_id: 'user-1', session_id: `e${index}`, timestamp };
  const planned = { index, atMs: 0, userId: 'user-1', input, fate: 'applied' } as const;
  return {
    planned: {
      ...planned,
      amount: new Big('0.1'),
      track: () => Promise.reject(new Error('unused')),
    },
    outcome,
    reports: outcome.kind === 'failed' ? 1 : 0,
  };
}

const delivered = (index: number, place: { eventId?: string; sequenceNumber?: string } = {}) =>
  trackedEvent(index, {
    kind: 'delivered',
    eventId: id(index),
    shardId: 'shard-0',
    sequenceNumber: String(index),
    ...place,
  });

const jsonOf = (index: number): string =>
  JSON.stringify({
    event_id: id(index),
    event_type: 'purchase',
    user_id: 'user-1',
    session_id: `e${index}`,
    timestamp,
    currency: 'EUR',
  });

const recordOf = (index: number, text = jsonOf(index)) => ({
  shardId: 'shard-0',
  sequenceNumber: String(index),
  partitionKey: 'user-1',
  data: Buffer.from(text).toString('base64'),
});

const itemOf = (index: number): EventItem => ({
  userId: 'user-1',
  eventId: id(index),
  event: jsonOf(index),
});

const poison: ForeignRecord = {
  index: 0,
  atMs: 0,
  partitionKey: 'user-1',
  data: Buffer.from('poison'),
  reason: 'not_json',
};

const letter = (changes: object = {}): string =>
  JSON.stringify({
    shardId: 'shard-0',
    sequenceNumber: '3',
    reason: 'not_json',
    message: 'The record is not JSON.',
    data: recordOf(3, 'poison').data,
    ...changes,
  });

/** Two events and a poison record, and all is well. */
const sound: Evidence = {
  tracked: [delivered(1), delivered(2), trackedEvent(4, { kind: 'failed', code: 'undeliverable' })],
  strayReports: 0,
  foreign: [{ planned: poison, shardId: 'shard-0', sequenceNumber: '3' }],
  stream: [recordOf(1), recordOf(2), recordOf(3, 'poison')],
  applied: [itemOf(1), itemOf(2)],
  counters: new Map([['revenue|EUR|2027-01-01', new Big('0.2')]]),
  quarantine: new Map([['records/not_json/3.json', letter()]]),
  queued: 0,
  unrest: undefined,
  uncaught: [],
};

const rulesOf = (changes: Partial<Evidence>): string[] => [
  ...new Set(checkDeliveryContract({ ...sound, ...changes }).map(({ rule }) => rule)),
];

test('finds nothing where nothing is wrong', () => {
  expect(checkDeliveryContract(sound)).toEqual([]);
});

const twice = [...sound.stream, { ...recordOf(1), sequenceNumber: '5' }];
const only = (text: string) => ({ quarantine: new Map([['one', text]]) });
const exhausted = letter({ sequenceNumber: '1', reason: 'exhausted', data: recordOf(1).data });

test.each<[what: string, changes: Partial<Evidence>]>([
  ['a repetition in the stream that was applied once', { stream: twice }],
  [
    'an undeliverable event that is there all the same, late',
    {
      tracked: [trackedEvent(1, { kind: 'failed', code: 'undeliverable' }), delivered(2)],
      stream: [recordOf(2), recordOf(3, 'poison'), { ...recordOf(1), sequenceNumber: '4' }],
      applied: [itemOf(2), itemOf(1)],
    },
  ],
  [
    'an event that was given up, and applied, behind the next one',
    {
      applied: [itemOf(2), itemOf(1)],
      quarantine: new Map([...sound.quarantine, ['two', exhausted]]),
    },
  ],
  ['poison that was given up with its batch', only(letter({ reason: 'exhausted' }))],
])('allows %s', (_what, changes) => {
  expect(checkDeliveryContract({ ...sound, ...changes })).toEqual([]);
});

test.each<[what: string, changes: Partial<Evidence>, rules: readonly string[]]>([
  ['an event is not applied', { applied: [itemOf(1)] }, ['lost', 'counter']],
  ['poison is not in quarantine', { quarantine: new Map() }, ['lost']],
  ['a letter is left in the queue', { queued: 1 }, ['lost']],
  [
    'an event is applied under two ids',
    { applied: [...sound.applied, { ...itemOf(2), eventId: 'other' }] },
    ['duplicated', 'counter'],
  ],
  [
    'something is applied that nobody sent',
    { applied: [...sound.applied, itemOf(9)] },
    ['duplicated'],
  ],
  ['the writes are in another order', { applied: [itemOf(2), itemOf(1)] }, ['reordered']],
  [
    'the stream is in another order',
    {
      tracked: [delivered(1, { sequenceNumber: '5' }), delivered(2)],
      stream: [recordOf(2), recordOf(3, 'poison'), { ...recordOf(1), sequenceNumber: '5' }],
    },
    ['reordered'],
  ],
  [
    'money is off by less than a cent',
    { counters: new Map([['revenue|EUR|2027-01-01', new Big('0.20000001')]]) },
    ['counter'],
  ],
  [
    'a counter moved for nothing',
    { counters: new Map([...sound.counters, ['clicks|x', new Big(1)]]) },
    ['counter'],
  ],
  ['a payload is missing', only(letter({ data: '' })), ['quarantine']],
  ['a reason is wrong', only(letter({ reason: 'unknown_event' })), ['quarantine']],
  ['a message is missing', only(letter({ message: '' })), ['quarantine']],
  [
    'a letter is about no record',
    { quarantine: new Map([...sound.quarantine, ['two', letter({ sequenceNumber: '77' })]]) },
    ['quarantine'],
  ],
  [
    'a good event was refused',
    {
      quarantine: new Map([
        ...sound.quarantine,
        ['two', letter({ sequenceNumber: '1', data: recordOf(1).data })],
      ]),
    },
    ['quarantine'],
  ],
  ['a receipt points at nothing', { stream: [recordOf(2), recordOf(3, 'poison')] }, ['receipt']],
  [
    'a receipt names another id',
    {
      tracked: [delivered(1, { eventId: 'x-y' }), delivered(2)],
    },
    ['receipt'],
  ],
  [
    'a promise is never settled',
    { tracked: [trackedEvent(1, { kind: 'pending' }), delivered(2)] },
    ['receipt'],
  ],
  [
    'a failure is not reported',
    {
      tracked: [
        delivered(1),
        delivered(2),
        { ...trackedEvent(4, { kind: 'failed', code: 'undeliverable' }), reports: 0 },
      ],
    },
    ['report'],
  ],
  [
    'a failure is reported twice',
    {
      tracked: [
        delivered(1),
        delivered(2),
        { ...trackedEvent(4, { kind: 'failed', code: 'undeliverable' }), reports: 2 },
      ],
    },
    ['report'],
  ],
  ['a report is about nothing', { strayReports: 1 }, ['report']],
  ['it does not come to rest', { unrest: 'still busy' }, ['unrest']],
  ['an error was not caught', { uncaught: ['boom'] }, ['uncaught']],
])('finds that %s', (_what, changes, rules) => {
  expect(rulesOf(changes)).toEqual(expect.arrayContaining([...rules]));
  expect(rulesOf(changes)).toHaveLength(rules.length);
});
