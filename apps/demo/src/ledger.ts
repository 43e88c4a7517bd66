import { Big } from 'big.js';

/** What a shopper was told of one event, in the order in which the shopper tracked them. */
export interface ToldEvent {
  readonly userId: string;
  readonly timestamp: string;
  readonly revenue?: { readonly currency: string; readonly amount: number };
  /** The receipt, or null where the storefront answered with an error or not at all. */
  readonly receipt: Receipt | null;
  /** The storefront did not answer: nobody knows whether it has sent the event. */
  readonly isUnconfirmed?: boolean;
}

interface Receipt {
  readonly eventId: string;
  readonly position: StreamPosition;
}

interface StreamPosition {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Of a record that was aggregated with others: its place among them. A receipt has none. */
  readonly subsequenceNumber?: number;
}

/** One item of the events table. */
export interface AppliedEvent {
  readonly userId: string;
  readonly eventId: string;
  readonly timestamp: string;
  readonly appliedAt: string;
  readonly position: StreamPosition;
  readonly revenue?: { readonly currency: string; readonly amount: number };
  /** The counter of page views or clicks that this event moved by one. */
  readonly counter?: string;
}

/** One object of the quarantine bucket; an expired range has no position. */
export interface QuarantinedRecord {
  readonly reason: string;
  readonly position: StreamPosition | null;
  /** The record's data, base64. */
  readonly payload: string;
}

/** A record that the foreign producer put on the stream. */
export interface ForeignReceipt {
  readonly position: StreamPosition;
  /** Its data, base64. */
  readonly payload: string;
}

/** Everything the ledger is computed from; nothing of it is a counter that a program kept. */
export interface Evidence {
  readonly told: readonly ToldEvent[];
  readonly foreign: readonly ForeignReceipt[];
  readonly applied: readonly AppliedEvent[];
  readonly quarantined: readonly QuarantinedRecord[];
  /** The counters table, summed over the slots of each counter: name → decimal. */
  readonly counters: ReadonlyMap<string, string>;
  /** Messages still in the dead-letter queue. */
  readonly unhandledDeadLetters: number;
}

/** What became of every record. `lost`, `duplicated` and `reordered` count events. */
export interface Ledger {
  readonly tracked: number;
  readonly delivered: number;
  /** Reported back as not delivered. */
  readonly undeliverable: number;
  /** Never answered: they may be there or not, but at most once and in order. */
  readonly unconfirmed: number;
  /** Those of the undeliverable and of the unconfirmed ones that are in the table all the same. */
  readonly appliedThough: { readonly undeliverable: number; readonly unconfirmed: number };
  readonly foreign: number;
  readonly applied: number;
  /** Records in quarantine that were not applied, by reason. */
  readonly quarantined: Readonly<Record<string, number>>;
  readonly expired: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Exact decimal sums in major units: of what was told and of what the table holds. */
  readonly revenue: Readonly<
    Record<string, { readonly expected: string; readonly stored: string }>
  >;
}

/** The Kinesis record that lies there. */
const keyOf = ({ shardId, sequenceNumber }: StreamPosition): string =>
  `${shardId}:${sequenceNumber}`;

/** The very record, also among those of an aggregate. */
const placeOf = (position: StreamPosition): string =>
  `${keyOf(position)}:${position.subsequenceNumber ?? ''}`;

/** Holds what the shoppers and the foreign producer were told against what the stores say. */
export function computeLedger(evidence: Evidence): Ledger {
  const told = [...evidence.told, ...visitors(evidence)];
  const delivered = told.filter((event) => event.receipt !== null);
  const [unconfirmed, undeliverable] = partition(
    told.filter(({ receipt }) => receipt === null),
    ({ isUnconfirmed }) => isUnconfirmed === true,
  );
  // By instant: of an event without a receipt nobody knows the id.
  const instants = new Set(evidence.applied.map(instantOf));
  const countApplied = (events: readonly ToldEvent[]): number =>
    events.filter((event) => instants.has(instantOf(event))).length;
  const appliedIds = new Set(evidence.applied.map((event) => event.eventId));
  const appliedAt = new Set(evidence.applied.map((event) => placeOf(event.position)));
  // A record may be applied and lie in quarantine too (a retry gave up after another lane had
  // succeeded): its effect is there, once, so it counts as applied.
  const records = evidence.quarantined.filter(
    ({ position }) => position !== null && !appliedAt.has(placeOf(position)),
  );
  const payloads = Map.groupBy(records, ({ position }) => position && keyOf(position));
  const isKept = ({ eventId, position }: Receipt): boolean =>
    (payloads.get(keyOf(position)) ?? []).some(({ payload }) =>
      Buffer.from(payload, 'base64').includes(eventId),
    );
  const counters = compareCounters(evidence);
  const lostEvents = delivered.filter(
    ({ receipt }) => receipt !== null && !appliedIds.has(receipt.eventId) && !isKept(receipt),
  ).length;
  // No consumer can apply a foreign record: each must lie in quarantine, byte for byte.
  const lostRecords = evidence.foreign.filter(
    (sent) => !payloads.get(keyOf(sent.position))?.some(({ payload }) => payload === sent.payload),
  ).length;
  return {
    tracked: told.length,
    delivered: delivered.length,
    undeliverable: undeliverable.length,
    unconfirmed: unconfirmed.length,
    appliedThough: {
      undeliverable: countApplied(undeliverable),
      unconfirmed: countApplied(unconfirmed),
    },
    foreign: evidence.foreign.length,
    applied: evidence.applied.length,
    quarantined: countBy(records.map(({ reason }) => reason)),
    expired: evidence.quarantined.filter(({ position }) => position === null).length,
    lost: lostEvents + lostRecords + counters.missing + evidence.unhandledDeadLetters,
    duplicated: countDuplicates(evidence.applied) + countStrangers(evidence) + counters.excess,
    reordered: countReordered(evidence.applied, told),
    revenue: compareRevenue(evidence, told, isKept),
  };
}

/**
 * Why the ledger does not balance, a sentence a finding; none when it does. Under chaos an event may
 * be refused, or its answer lost: whoever sent it was told so, and that is all that is promised.
 */
export function findings(ledger: Ledger & { readonly chaos?: object }): string[] {
  const quarantined = Object.values(ledger.quarantined).reduce((sum, count) => sum + count, 0);
  const arrived = ledger.delivered + ledger.foreign;
  const found = [
    ledger.lost > 0 && `${ledger.lost} lost`,
    ledger.duplicated > 0 && `${ledger.duplicated} duplicated`,
    ledger.reordered > 0 && `${ledger.reordered} reordered`,
    ledger.undeliverable > 0 &&
      !ledger.chaos &&
      `${ledger.undeliverable} not delivered to the stream`,
    ledger.unconfirmed > 0 && !ledger.chaos && `${ledger.unconfirmed} never answered`,
    ledger.expired > 0 && `${ledger.expired} ranges expired before they could be read again`,
    // An event reported as undeliverable may have reached the stream all the same (its answer was
    // lost), so only less than what arrived is a finding.
    ledger.applied + quarantined < arrived &&
      `${arrived} records arrived but ${ledger.applied + quarantined} were applied or quarantined`,
    ...Object.entries(ledger.revenue).map(
      ([currency, { expected, stored }]) =>
        expected !== stored && `revenue in ${currency} is ${stored} instead of ${expected}`,
    ),
  ];
  return found.filter((finding) => finding !== false);
}

/** What the shop calls people who come with a browser. */
const visitorId = /^shopper-[0-9a-f-]{36}$/;

/** People who clicked through the storefront themselves: told nothing, but just as real. */
function visitors({ applied }: Evidence): ToldEvent[] {
  return applied
    .filter(({ userId }) => visitorId.test(userId))
    .map(({ userId, timestamp, eventId, position, revenue }) => ({
      userId,
      timestamp,
      receipt: { eventId, position },
      ...(revenue && { revenue }),
    }));
}

/** Events in the table that nobody has sent. */
function countStrangers({ told, applied }: Evidence): number {
  const shoppers = new Set(told.map(({ userId }) => userId));
  return applied.filter(({ userId }) => !shoppers.has(userId) && !visitorId.test(userId)).length;
}

/** A shopper's events have distinct instants: one that appears twice was applied twice. */
const instantOf = (event: { readonly userId: string; readonly timestamp: string }): string =>
  `${event.timestamp} ${event.userId}`;

function countDuplicates(applied: readonly AppliedEvent[]): number {
  return applied.length - new Set(applied.map(instantOf)).size;
}

/** Events that stand, in the stream or among the writes, behind one that was tracked later. */
function countReordered(applied: readonly AppliedEvent[], told: readonly ToldEvent[]): number {
  // By instant: of an event without a receipt nobody knows the id.
  const tracked = new Map(told.map((event, index) => [instantOf(event), index]));
  const reordered = new Set<string>();
  for (const events of Map.groupBy(applied, ({ userId }) => userId).values()) {
    const inStream = events.toSorted(bySequenceNumber);
    const asApplied = inStream.toSorted((a, b) => compare(a.appliedAt, b.appliedAt));
    for (const order of [inStream, asApplied]) {
      let latest = -1;
      for (const event of order) {
        const index = tracked.get(instantOf(event)) ?? latest;
        if (index < latest) reordered.add(event.eventId);
        latest = Math.max(latest, index);
      }
    }
  }
  return reordered.size;
}

/** Page views and clicks: what the applied events must have counted against what was counted. */
function compareCounters({ applied, counters }: Evidence): { missing: number; excess: number } {
  const expected = countBy(applied.flatMap(({ counter }) => (counter ? [counter] : [])));
  const names = new Set([...Object.keys(expected), ...counters.keys()]);
  let [missing, excess] = [0, 0];
  for (const name of names) {
    if (name.startsWith('revenue|')) continue;
    const difference = Number(counters.get(name) ?? 0) - (expected[name] ?? 0);
    if (difference > 0) excess += difference;
    else missing -= difference;
  }
  return { missing, excess };
}

function compareRevenue(
  { applied, counters }: Evidence,
  told: readonly ToldEvent[],
  isKept: (receipt: Receipt) => boolean,
): Ledger['revenue'] {
  const sums = new Map<string, { expected: Big; stored: Big }>();
  const sumOf = (currency: string): { expected: Big; stored: Big } => {
    const sum = sums.get(currency) ?? { expected: new Big(0), stored: new Big(0) };
    sums.set(currency, sum);
    return sum;
  };
  // An event may have been applied although its shopper was told of an error: the answer got lost.
  const instants = new Set(applied.map(instantOf));
  for (const event of told) {
    const counts =
      instants.has(instantOf(event)) || (event.receipt !== null && !isKept(event.receipt));
    if (!event.revenue || !counts) continue;
    const sum = sumOf(event.revenue.currency);
    sum.expected = sum.expected.plus(event.revenue.amount);
  }
  for (const [name, value] of counters) {
    const [kind, currency] = name.split('|');
    if (kind !== 'revenue' || !currency) continue;
    const sum = sumOf(currency);
    sum.stored = sum.stored.plus(value);
  }
  return Object.fromEntries(
    [...sums]
      .toSorted(([a], [b]) => compare(a, b))
      .map(([currency, { expected, stored }]) => [
        currency,
        { expected: expected.toFixed(), stored: stored.toFixed() },
      ]),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function bySequenceNumber(a: AppliedEvent, b: AppliedEvent): number {
  const [left, right] = [BigInt(a.position.sequenceNumber), BigInt(b.position.sequenceNumber)];
  if (left !== right) return left < right ? -1 : 1;
  return (a.position.subsequenceNumber ?? 0) - (b.position.subsequenceNumber ?? 0);
}

function partition<T>(values: readonly T[], isFirst: (value: T) => boolean): [T[], T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
