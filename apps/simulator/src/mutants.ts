import { SimulatorError } from './simulator-error.ts';

/** A deliberate bug: what the simulation has to find, to show that it can find anything. */
export interface Mutant {
  readonly name: string;
  /** What the mutated code does wrong. */
  readonly does: string;
  /** From the root of the workspace. */
  readonly file: string;
  /** Each fragment must be in the file exactly once. */
  readonly edits: readonly { readonly fragment: string; readonly bug: string }[];
}

/** @throws {SimulatorError} `invalid_option` */
export function findMutant(name: string): Mutant {
  const mutant = mutants.find((candidate) => candidate.name === name);
  if (mutant !== undefined) return mutant;
  throw new SimulatorError(
    'invalid_option',
    `There is no mutant ${name}; there are ${mutants.map((each) => each.name).join(', ')}.`,
  );
}

const consumer = 'packages/consumer/src';
const mapping = 'packages/event-source-mapping/src';
const processor = 'apps/stream-processor/src';
const producer = 'packages/producer/src';
const quarantine = 'packages/quarantine/src';

/** One bug a mutant, each of a kind that has been made before. */
export const mutants: readonly Mutant[] = [
  {
    name: 'record-results-ignored',
    does: 'takes every record of an answered PutRecords for delivered',
    file: `${producer}/put-records.ts`,
    edits: [
      {
        fragment: 'return ErrorCode === undefined && ShardId !== undefined',
        bug: 'return true || ShardId !== undefined',
      },
    ],
  },
  {
    name: 'id-minted-on-retry',
    does: 'gives an event another id when it is sent again',
    file: `${producer}/record-writer.ts`,
    edits: [
      {
        fragment: 'event.partitionKey, event.data)',
        bug: 'event.partitionKey, withNewIdIfSent(String(event.data)))',
      },
      {
        fragment: 'const writePlain: WriteRecord',
        bug: `const sent = new Set();
function withNewIdIfSent(text) {
  if (sent.size < sent.add(text).size) return Buffer.from(text);
  return Buffer.from(text.replace(/(?<="event_id":"[^"]*)[0-9a-f]{12}"/, () => Math.random().toString(16).slice(2, 14).padEnd(12, '0') + '"'));
}
const writePlain: WriteRecord`,
      },
    ],
  },
  {
    name: 'two-records-of-one-key',
    does: 'puts several records of one user into one request, of which any may fail',
    file: `${producer}/admission.ts`,
    edits: [
      {
        fragment: 'let entry = buffer.add(event, partitionKey,',
        bug: 'let entry = buffer.add(event, event.eventId,',
      },
    ],
  },
  {
    name: 'retried-behind-successors',
    does: 'sends a failed record again behind those that were tracked after it',
    file: `${producer}/lanes.ts`,
    edits: [
      {
        fragment: "      lane.state = 'held';\n",
        bug: `      lane.state = 'held';
      const failed = lane.head;
      if (failed.behind !== undefined && lane.tail !== undefined) {
        lane.head = failed.behind;
        failed.behind = undefined;
        lane.tail.behind = failed;
        lane.tail = failed;
      }
`,
      },
    ],
  },
  {
    name: 'undeliverable-in-silence',
    does: 'tells nobody of an event whose time is over',
    file: `${producer}/failure-report.ts`,
    edits: [
      {
        fragment: '  return ({ eventType, eventId }, payload, error) =>\n    void call(',
        bug: "  return ({ eventType, eventId }, payload, error) =>\n    error.code !== 'undeliverable' && void call(",
      },
    ],
  },
  {
    name: 'checkpoint-past-failure',
    does: 'checkpoints what has been read, not what is settled',
    file: `${mapping}/shard.ts`,
    edits: [
      {
        fragment: 'return oldest === undefined ? shard.lastRead : oldest.previous;',
        bug: 'return shard.lastRead;',
      },
    ],
  },
  {
    name: 'crash-is-success',
    does: 'goes on behind a batch whose function died',
    file: `${mapping}/lane.ts`,
    edits: [
      {
        fragment: "  if (result.kind === 'function_error') {",
        bug: "  if (result.kind === 'function_error') return context.settle(records);\n  if (result.kind === 'function_error') {",
      },
    ],
  },
  {
    name: 'failed-record-skipped',
    does: 'delivers again from the record after the failed one',
    file: `${mapping}/lane.ts`,
    edits: [
      {
        fragment: 'context.settle(records.slice(0, failedFrom));',
        bug: 'context.settle(records.slice(0, failedFrom + 1));',
      },
      {
        fragment: 'records: records.slice(failedFrom),',
        bug: 'records: records.slice(failedFrom + 1),',
      },
    ],
  },
  {
    name: 'second-half-first',
    does: 'retries the second half of a split batch first',
    file: `${mapping}/lane.ts`,
    edits: [
      {
        fragment: 'lane.pieces.push(right, left);',
        bug: 'lane.pieces.push(left, right);',
      },
    ],
  },
  {
    name: 'report-not-confirmed',
    does: 'forgets a given-up batch although the queue did not take the report',
    file: `${mapping}/lane.ts`,
    edits: [{ fragment: '  if (delivered) {', bug: '  if (delivered || true) {' }],
  },
  {
    name: 'children-before-parents',
    does: 'reads the shards of a split or merge before their parents are done',
    file: `${mapping}/lineage.ts`,
    edits: [
      {
        fragment:
          "return shard.parents.every((id) => (shards.get(id)?.phase ?? 'done') === 'done');",
        bug: 'return shards.size > 0 || shard.parents.length === 0;',
      },
    ],
  },
  {
    name: 'lane-by-record',
    does: 'spreads the records of one user over the lanes of a shard',
    file: `${mapping}/kinesis-mapping.ts`,
    edits: [
      {
        fragment: 'laneOf(record.partitionKey, settings.lanes)',
        bug: 'laneOf(record.sequenceNumber, settings.lanes)',
      },
    ],
  },
  {
    name: 'highest-unfinished',
    does: 'returns the highest unfinished sequence number instead of the lowest',
    file: `${consumer}/progress.ts`,
    edits: [
      {
        fragment: 'sequenceNumber < first.sequenceNumber',
        bug: 'sequenceNumber > first.sequenceNumber',
      },
    ],
  },
  {
    name: 'failure-swallowed',
    does: 'reports success whatever happened',
    file: `${consumer}/kinesis-handler.ts`,
    edits: [{ fragment: '[{ itemIdentifier: incomplete.firstUnfinished }]', bug: '[]' }],
  },
  {
    name: 'commit-not-awaited',
    does: 'counts events as done before the store has confirmed them',
    file: `${consumer}/committer.ts`,
    edits: [
      {
        fragment: 'await options.commit(chunk);',
        bug: 'options.commit(chunk).catch(() => undefined);',
      },
    ],
  },
  {
    name: 'dead-letter-not-awaited',
    does: 'counts a poison record as done before the queue has confirmed it',
    file: `${consumer}/run-batch.ts`,
    edits: [
      {
        fragment: 'await onPermanentFailure(whole, { signal: storing.signal });',
        bug: 'onPermanentFailure(whole, { signal: storing.signal }).catch(() => undefined);',
      },
    ],
  },
  {
    name: 'dead-letter-dropped',
    does: 'goes on without the dead letter when the queue fails',
    file: `${consumer}/run-batch.ts`,
    edits: [
      {
        fragment: "return fail(task, 'permanent_failure', error);",
        bug: 'error;',
      },
    ],
  },
  {
    name: 'deduplicated-by-sequence-number',
    does: 'takes the place in the stream for the identity of an event',
    file: `${processor}/transaction.ts`,
    edits: [
      {
        fragment: 'event_id: { S: event.eventId },',
        bug: 'event_id: { S: event.sequenceNumber },',
      },
    ],
  },
  {
    name: 'written-unconditionally',
    does: 'counts an event again when it comes again',
    file: `${processor}/transaction.ts`,
    edits: [
      { fragment: "      ConditionExpression: 'attribute_not_exists(event_id)',\n", bug: '' },
    ],
  },
  {
    name: 'float-money',
    does: 'takes money through a binary fraction',
    file: `${processor}/decimal.ts`,
    edits: [
      {
        fragment: "return sign === '-' ? -units : units;",
        bug: 'return BigInt(Math.trunc(value * Number(UNITS)));',
      },
    ],
  },
  {
    name: 'conflict-is-duplicate',
    does: 'takes every reason of a cancelled transaction for a duplicate',
    file: `${processor}/dynamodb-store.ts`,
    edits: [
      { fragment: "codes[index] === 'ConditionalCheckFailed'", bug: "codes[index] !== 'None'" },
    ],
  },
  {
    name: 'one-duplicate-is-all',
    does: 'takes all events of a transaction for duplicates when one is',
    file: `${processor}/dynamodb-store.ts`,
    edits: [
      {
        fragment: "codes[index] === 'ConditionalCheckFailed'",
        bug: "index >= 0 && codes.includes('ConditionalCheckFailed')",
      },
    ],
  },
  {
    name: 'one-letter-a-day',
    does: 'keeps one dead letter a reason, day and shard',
    file: `${quarantine}/quarantine-key.ts`,
    edits: [{ fragment: '/${escape(sequenceNumber)}${within}.json`;', bug: '/1.json`;' }],
  },
  {
    name: 'payload-as-text',
    does: 'keeps the payload of a dead letter as text',
    file: `${quarantine}/dead-letter.ts`,
    edits: [
      {
        fragment: "data: Buffer.from(record.data).toString('base64'),",
        bug: "data: Buffer.from(Buffer.from(record.data).toString('utf8')).toString('base64'),",
      },
    ],
  },
  {
    name: 'range-without-its-end',
    does: 'rescues a given-up batch but for its last record',
    file: `${quarantine}/read-range.ts`,
    edits: [
      {
        fragment: 'BigInt(sequenceNumber) <= end);',
        bug: 'BigInt(sequenceNumber) < end);',
      },
    ],
  },
  {
    name: 'failed-message-deleted',
    does: 'lets the queue delete a message that could not be stored',
    file: 'apps/dlq-handler/src/dlq-handler.ts',
    edits: [{ fragment: 'failed.add(messageId);', bug: '' }],
  },
];
