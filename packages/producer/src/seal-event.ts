import {
  type EventContract,
  type EventInputMap,
  type EventMap,
  type EventType,
  formatIssues,
} from '@clickstream/events';
import type { ByteArena } from './byte-arena.ts';
import { deprecatedIn } from './deprecated.ts';
import { ProducerError } from './producer-error.ts';
import type { TrackedEvent } from './tracked-event.ts';
import { UUID_LENGTH, writeUuidV7 } from './uuid-v7.ts';

/** The part of a contract that writing needs. */
export type WriterContract<Type extends EventType = EventType> = Pick<
  EventContract<EventMap[Type], EventInputMap[Type]>,
  'type' | 'version' | 'deprecated' | 'isInput' | 'explainInput'
>;

const ID_OFFSET = '{"event_id":"'.length;
const NO_ID = ' '.repeat(UUID_LENGTH);
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;
/** From here on a JSON is measured before memory is taken for it. */
const LONG_JSON = 1_024;
const COMMA = 0x2c;

/**
 * Checks what a caller passed, mints the event id and writes the event as JSON.
 *
 * @param isKnownValid it was checked before, and nobody has changed it since
 * @throws ProducerError `invalid_event` naming the fields, or `record_too_large`
 */
export function sealEvent(
  event: TrackedEvent,
  contract: WriterContract,
  maxRecordBytes: number,
  arena: ByteArena,
  isKnownValid = false,
): void {
  const { fields } = event;
  assertValid(contract, fields, isKnownValid);
  event.deprecated = deprecatedIn(fields, contract.deprecated);
  const head = headOf(event, contract);
  const json = JSON.stringify(fields);
  const jsonBytes =
    json.length < LONG_JSON ? json.length * MAX_BYTES_PER_UNIT : Buffer.byteLength(json);
  const start = arena.reserve(head.length + jsonBytes);
  const { memory } = arena.piece;
  const middle = start + memory.write(head, start, 'latin1');
  const end = middle + memory.write(json, middle);
  memory[middle] = COMMA; // where the fields' own brace was
  writeUuidV7(memory, start + ID_OFFSET);
  const bytes = end - start + Buffer.byteLength(fields.user_id);
  if (bytes > maxRecordBytes) {
    throw new ProducerError(
      'record_too_large',
      `${contract.type}: the record takes ${bytes} bytes and maxRecordBytes is ${maxRecordBytes}; track less data, or raise the limit here and on the stream`,
    );
  }
  event.seal(fields.user_id, arena, start, end, ID_OFFSET);
}

/** @throws ProducerError `invalid_event` naming the fields */
export function assertValid<Type extends EventType>(
  contract: WriterContract<Type>,
  fields: unknown,
  isKnownValid = false,
): asserts fields is EventInputMap[Type] {
  if (isKnownValid || contract.isInput(fields)) return;
  throw new ProducerError(
    'invalid_event',
    `${contract.type}: ${formatIssues(contract.explainInput(fields))}`,
  );
}

/** The head that was written last for a contract: events of one millisecond share it. */
const heads = new WeakMap<WriterContract, { readonly timestamp: string; readonly head: string }>();

/** What the SDK adds, up to the brace of the fields. Nothing in it needs escaping. */
function headOf({ timestamp, traceparent }: TrackedEvent, contract: WriterContract): string {
  if (timestamp === undefined || traceparent !== undefined) {
    return writeHead(contract, timestamp, traceparent);
  }
  const last = heads.get(contract);
  if (last?.timestamp === timestamp) return last.head;
  const head = writeHead(contract, timestamp, undefined);
  heads.set(contract, { timestamp, head });
  return head;
}

function writeHead(
  { type, version }: WriterContract,
  timestamp: string | undefined,
  traceparent: string | undefined,
): string {
  const time = timestamp === undefined ? '' : `,"timestamp":"${timestamp}"`;
  const span = traceparent === undefined ? '' : `,"traceparent":"${traceparent}"`;
  return `{"event_id":"${NO_ID}","event_type":"${type}","schema_version":"${version}"${time}${span}`;
}
