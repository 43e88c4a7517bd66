import { Big } from 'big.js';
import type { Evidence, TrackedEvent } from './evidence.ts';
import type { EventItem } from './services/dynamodb.ts';
import type { StreamRecord } from './services/kinesis.ts';
import { markerField, type PlannedEvent } from './workload.ts';

/** A breach of the delivery contract. */
export interface Violation {
  readonly rule: /** A receipt without its record, or an event of which nobody was told what became of it. */
    | 'receipt'
    /** An event that will not arrive, and nobody was told, or more than once. */
    | 'report'
    /** A record that is neither applied nor in quarantine. */
    | 'lost'
    /** An event that took effect more than once, or that nobody sent. */
    | 'duplicated'
    /** An event behind one of the same user that was tracked later. */
    | 'reordered'
    /** A counter that is not the sum of what was applied. */
    | 'counter'
    /** Something in quarantine without its payload, with a wrong reason, or without need. */
    | 'quarantine'
    /** The pipeline did not come to rest. */
    | 'unrest'
    | 'uncaught';
  readonly message: string;
}

type Report = (rule: Violation['rule'], message: string) => void;

/** Holds the stores against what was sent and what the senders were told. Empty: nothing is wrong. */
export function checkDeliveryContract(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (rule, message) => void violations.push({ rule, message });
  const stores = read(evidence, report);
  if (evidence.queued > 0) report('lost', `${evidence.queued} dead letters were left in the queue`);
  checkReceipts(evidence, stores, report);
  checkRecords(stores, report);
  checkApplied(stores, report);
  checkOrder(evidence, stores, report);
  checkCounters(evidence, stores, report);
  checkQuarantine(stores, report);
  if (evidence.unrest !== undefined) report('unrest', evidence.unrest);
  for (const error of evidence.uncaught) report('uncaught', error);
  return violations;
}

interface AppliedEvent {
  readonly item: EventItem;
  readonly event: Readonly<Record<string, unknown>>;
  readonly marker: string;
}

interface Letter {
  readonly key: string;
  readonly reason: string;
  readonly message: string;
  readonly data: string;
}

/** The evidence, indexed. */
interface Stores {
  readonly tracked: ReadonlyMap<string, TrackedEvent>;
  readonly stream: ReadonlyMap<string, MarkedRecord>;
  /** The same by place and marker: a receipt does not tell the place within an aggregate. */
  readonly marked: ReadonlyMap<string, MarkedRecord>;
  readonly foreign: ReadonlyMap<string, { readonly reason: string; readonly data: string }>;
  readonly applied: readonly AppliedEvent[];
  readonly appliedMarkers: ReadonlySet<string>;
  /** By the place of the record; one that was refused may have been given up with its batch, too. */
  readonly letters: ReadonlyMap<string, readonly Letter[]>;
}

type MarkedRecord = StreamRecord & { readonly marker: string | undefined };

interface Place {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly subsequenceNumber?: number | undefined;
}
const placeOf = ({ shardId, sequenceNumber, subsequenceNumber }: Place): string =>
  `${shardId}:${sequenceNumber}${subsequenceNumber === undefined ? '' : `:${subsequenceNumber}`}`;
const markedPlaceOf = ({ shardId, sequenceNumber }: Place, marker: string): string =>
  `${shardId}:${sequenceNumber} ${marker}`;

function read(evidence: Evidence, report: Report): Stores {
  const applied = evidence.applied.map((item): AppliedEvent => {
    const event = parseObject(item.event);
    return { item, event, marker: String(event[markerField]) };
  });
  const letters = new Map<string, Letter[]>();
  for (const [key, body] of evidence.quarantine) {
    const { shardId, sequenceNumber, subsequenceNumber, reason, message, data } = parseObject(body);
    if (typeof shardId !== 'string' || typeof sequenceNumber !== 'string') {
      report('quarantine', `${key} says of no record where it lies in the stream`);
      continue;
    }
    const letter = { key, reason: String(reason), message: String(message), data: String(data) };
    const within = typeof subsequenceNumber === 'number' ? subsequenceNumber : undefined;
    const place = placeOf({ shardId, sequenceNumber, subsequenceNumber: within });
    letters.set(place, [...(letters.get(place) ?? []), letter]);
  }
  const stream = evidence.stream.map((record) => ({ ...record, marker: markerIn(record) }));
  return {
    tracked: new Map(evidence.tracked.map((event) => [`e${event.planned.index}`, event])),
    stream: new Map(stream.map((record) => [placeOf(record), record])),
    marked: new Map(stream.map((record) => [markedPlaceOf(record, record.marker ?? ''), record])),
    foreign: new Map(
      evidence.foreign.map(({ planned, ...place }) => [
        placeOf(place),
        { reason: planned.reason, data: Buffer.from(planned.data).toString('base64') },
      ]),
    ),
    applied,
    appliedMarkers: new Set(applied.map(({ marker }) => marker)),
    letters,
  };
}

function markerIn({ data }: StreamRecord): string | undefined {
  const marker = parseObject(Buffer.from(data, 'base64').toString('utf8'))[markerField];
  return typeof marker === 'string' ? marker : undefined;
}

/** Empty for what is no JSON object. */
function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function checkReceipts(
  { tracked, strayReports }: Evidence,
  { marked }: Stores,
  report: Report,
): void {
  if (strayReports > 0) report('report', `${strayReports} reports of events that nobody tracked`);
  for (const { planned, outcome, reports } of tracked) {
    const name = nameOf(planned);
    if (outcome.kind === 'pending') {
      report('receipt', `${name} was neither delivered nor given up`);
    } else if (outcome.kind === 'delivered') {
      const record = marked.get(markedPlaceOf(outcome, `e${planned.index}`));
      if (record === undefined) {
        report('receipt', `the receipt of ${name} points at another record, or at none`);
      } else if (!Buffer.from(record.data, 'base64').includes(outcome.eventId)) {
        report('receipt', `the receipt of ${name} names another event id than its record`);
      }
      if (planned.fate === 'refused') report('receipt', `${name} is invalid and was delivered`);
    } else if (planned.fate === 'refused' && outcome.code !== 'invalid_event') {
      report('receipt', `${name} is invalid but failed with ${outcome.code}`);
    }
    const expected = outcome.kind === 'failed' ? 1 : 0;
    if (reports !== expected) report('report', `${name} was reported ${reports} times`);
  }
}

function checkRecords(
  { tracked, stream, foreign, appliedMarkers, letters }: Stores,
  report: Report,
): void {
  for (const [place, record] of stream) {
    const event = record.marker === undefined ? undefined : tracked.get(record.marker);
    const name = event === undefined ? `the foreign record ${place}` : nameOf(event.planned);
    const isApplied = event?.planned.fate === 'applied' && appliedMarkers.has(record.marker ?? '');
    const found = letters.get(place) ?? [];
    if (!isApplied && found.length === 0)
      report('lost', `${name} is neither applied nor in quarantine`);
    const refusal = event?.planned.fate === 'rejected' ? 'rejected' : foreign.get(place)?.reason;
    for (const { reason, message, data } of found) {
      if (reason !== refusal && reason !== 'exhausted') {
        report(
          'quarantine',
          `${name} is in quarantine as ${reason}, not as ${refusal ?? 'exhausted'}`,
        );
      }
      if (data !== record.data)
        report('quarantine', `${name} is in quarantine without its payload`);
      if (message.length < 10) report('quarantine', `${name} is in quarantine without a message`);
    }
  }
}

function checkApplied({ tracked, applied }: Stores, report: Report): void {
  const seen = new Set<string>();
  for (const { item, event, marker } of applied) {
    const source = tracked.get(marker);
    if (source === undefined || source.planned.fate !== 'applied') {
      report('duplicated', `an event of ${item.userId} was applied that nobody sent`);
      continue;
    }
    const name = nameOf(source.planned);
    if (seen.has(marker)) report('duplicated', `${name} was applied again, as another event`);
    seen.add(marker);
    for (const [field, value] of Object.entries(source.planned.input)) {
      if (JSON.stringify(event[field]) === JSON.stringify(value)) continue;
      report('duplicated', `${name} was applied with another ${field}`);
    }
  }
}

/**
 * The order holds for events whose receipts the callers have. An event that was reported as
 * undeliverable may have reached the stream late, and one in quarantine was taken out of the line.
 */
function checkOrder({ applied }: Evidence, stores: Stores, report: Report): void {
  const quarantined = new Set<string>();
  for (const place of stores.letters.keys()) {
    const marker = stores.stream.get(place)?.marker;
    if (marker !== undefined) quarantined.add(marker);
  }
  const inStream = [...stores.stream.values()]
    .map((record) => ({ ...record, at: BigInt(record.sequenceNumber) }))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ marker }) => marker);
  const asApplied = applied.map(({ event }) => String(parseObject(event)[markerField]));
  checkLine(inStream, 'in the stream', stores, new Set(), report);
  checkLine(asApplied, 'among the writes', stores, quarantined, report);
}

function checkLine(
  markers: readonly (string | undefined)[],
  where: string,
  { tracked }: Stores,
  leftOut: ReadonlySet<string>,
  report: Report,
): void {
  const last = new Map<string, PlannedEvent>();
  for (const marker of new Set(markers)) {
    const event = marker === undefined ? undefined : tracked.get(marker);
    if (event?.outcome.kind !== 'delivered' || leftOut.has(marker ?? '')) continue;
    const { planned } = event;
    const before = last.get(planned.userId);
    if (before !== undefined && before.index > planned.index) {
      report('reordered', `${nameOf(planned)} stands ${where} behind ${nameOf(before)}`);
    } else {
      last.set(planned.userId, planned);
    }
  }
}

function checkCounters({ counters }: Evidence, { applied, tracked }: Stores, report: Report): void {
  const expected = new Map<string, Big>();
  const add = (name: string, by: Big | number): void => {
    expected.set(name, (expected.get(name) ?? new Big(0)).plus(by));
  };
  for (const { event, marker } of applied) {
    const minute = String(event['timestamp']).slice(0, 'yyyy-mm-ddThh:mm'.length);
    const day = minute.slice(0, 'yyyy-mm-dd'.length);
    if (event['event_type'] === 'page_view') add(`page_views|${String(event['url'])}|${minute}`, 1);
    if (event['event_type'] === 'click') add(`clicks|${String(event['element_id'])}|${minute}`, 1);
    if (event['event_type'] === 'purchase') {
      add(`revenue|${String(event['currency'])}|${day}`, tracked.get(marker)?.planned.amount ?? 0);
    }
  }
  for (const name of new Set([...expected.keys(), ...counters.keys()])) {
    const [is, ought] = [counters.get(name) ?? new Big(0), expected.get(name) ?? new Big(0)];
    if (!is.eq(ought)) report('counter', `${name} is ${is.toFixed()}, not ${ought.toFixed()}`);
  }
}

function checkQuarantine({ stream, letters }: Stores, report: Report): void {
  for (const [place, found] of letters) {
    if (stream.has(place)) continue;
    report('quarantine', `${found[0]?.key} is about a record that is not in the stream`);
  }
}

const nameOf = ({ index, userId }: PlannedEvent): string => `event ${index} of ${userId}`;
