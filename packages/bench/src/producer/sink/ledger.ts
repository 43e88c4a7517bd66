import { deaggregate } from '@clickstream/aggregation';
import { numberOf } from '../workload.ts';
import { readRecords } from './entries.ts';

/** A request whose records were taken, some or all of them. */
export interface Committed {
  readonly body: Buffer;
  /** By record; undefined: every one was taken. */
  readonly taken: readonly boolean[] | undefined;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** What became of the events of a run, read from the records that the sink took. */
export interface Ledger {
  /** Different events in the stream. */
  readonly confirmed: number;
  /** Tracked, but not in the stream. */
  readonly lost: number;
  /** Records of an event beyond its first. */
  readonly duplicated: number;
  /** Events behind one of the same user that was tracked later. */
  readonly reordered: number;
  /** Records that are none of the work's events, or an event under another user's key. */
  readonly strange: number;
  /** 25 KB PUT payload units: what provisioned streams charge. */
  readonly putUnits: number;
  /** Bytes with every record rounded up to 1 KiB: what on-demand streams charge. */
  readonly onDemandBytes: number;
  /** By number of the event: when it was taken first, in milliseconds since the epoch. */
  readonly takenAtMs: readonly number[];
}

/** https://aws.amazon.com/kinesis/data-streams/pricing/ */
const PUT_UNIT_BYTES = 25 * 1024;
const ON_DEMAND_STEP_BYTES = 1024;

/**
 * Reads every record that was taken, in the order in which they were. Nothing of this happens while
 * an arm is measured.
 *
 * @param tracked - how many events of the work the arm was given.
 */
export function readLedger(committed: readonly Committed[], tracked: number): Ledger {
  const takenAtMs: number[] = Array.from({ length: tracked }, () => 0);
  const ids = new Map<number, string>();
  const last = new Map<string, number>();
  const found = { confirmed: 0, duplicated: 0, reordered: 0, strange: 0 };
  let putUnits = 0;
  let onDemandBytes = 0;
  for (const { body, taken, atMs } of committed) {
    for (const [index, { Data, PartitionKey }] of readRecords(body).entries()) {
      if (taken?.[index] === false) continue;
      const data = Buffer.from(Data, 'base64');
      const bytes = data.length + Buffer.byteLength(PartitionKey);
      putUnits += Math.ceil(bytes / PUT_UNIT_BYTES);
      onDemandBytes += Math.ceil(bytes / ON_DEMAND_STEP_BYTES) * ON_DEMAND_STEP_BYTES;
      for (const { partitionKey, text } of eventsOf(data, PartitionKey)) {
        found[note(partitionKey, text, atMs)] += 1;
      }
    }
  }
  // A reordered event is in the stream, too.
  const confirmed = found.confirmed + found.reordered;
  return { ...found, confirmed, lost: tracked - confirmed, putUnits, onDemandBytes, takenAtMs };

  function note(partitionKey: string, text: string, atMs: number): keyof typeof found {
    const { event_id: id, user_id: user, session_id: session } = readEvent(text);
    const number = numberOf(session);
    if (number === undefined || number >= tracked || user !== partitionKey) return 'strange';
    const before = ids.get(number);
    if (before !== undefined) return before === id ? 'duplicated' : 'strange';
    ids.set(number, String(id));
    takenAtMs[number] = atMs;
    const latest = last.get(partitionKey) ?? -1;
    last.set(partitionKey, Math.max(latest, number));
    return number < latest ? 'reordered' : 'confirmed';
  }
}

function eventsOf(data: Buffer, key: string): readonly { partitionKey: string; text: string }[] {
  const inner = deaggregate(data) ?? [{ partitionKey: key, data }];
  return inner.map((record) => ({
    partitionKey: record.partitionKey,
    text: Buffer.from(record.data).toString(),
  }));
}

function readEvent(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Not JSON: as strange as an event without a number.
  }
  return {};
}
