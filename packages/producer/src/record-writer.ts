import type { Envelope } from './envelope.ts';
import type { ResolvedAggregation } from './options.ts';
import type { Outgoing } from './ordered-buffer.ts';
import type { TransportRecord } from './transport.ts';

/** Writes the record that carries these events. */
export type WriteRecord = (outgoing: Outgoing<{ readonly envelope: Envelope }>) => TransportRecord;

export function createRecordWriter(aggregation: ResolvedAggregation | undefined): WriteRecord {
  if (aggregation !== undefined) throw new Error('later');
  return ({ entries }) => {
    const envelope = entries[0]?.value.envelope;
    if (envelope === undefined) throw new Error('a record without an event');
    return { partitionKey: envelope.partitionKey, data: Buffer.from(envelope.data) };
  };
}
