import { type Parsed, parseJson } from './fields.ts';
import { type OnFailureDocument, readOnFailureFields } from './on-failure-document.ts';

/** Bounds of what is missing, both included; they need not be the numbers of records. */
export interface SequenceRange {
  readonly from: string;
  readonly to: string;
}

/** A batch that was given up and of which the stream no longer holds every record. */
export interface ExpiredRange extends OnFailureDocument {
  readonly documentVersion: 1;
  readonly kind: 'expired';
  readonly reason: 'expired';
  /** One sentence for a person. */
  readonly message: string;
  /** Where in the batch's range the gaps are. */
  readonly missing: readonly SequenceRange[];
  /** How many records the range still held; they are in quarantine as `exhausted`. */
  readonly recordsFound: number;
}

/** Builds the document about a batch that is no longer whole. */
export function expiredRange(
  batch: OnFailureDocument,
  missing: readonly SequenceRange[],
  recordsFound: number,
): ExpiredRange {
  return {
    documentVersion: 1,
    kind: 'expired',
    reason: 'expired',
    message:
      recordsFound === 0
        ? `The stream no longer holds any record of this batch of ${batch.batchSize}; send the events again from their source.`
        : `The stream holds only ${recordsFound} records of the range of this batch of ${batch.batchSize}; send the missing events again from their source.`,
    missing,
    recordsFound,
    ...batch,
  };
}

/** Reads the document about an expired range. */
export function parseExpiredRange(text: string): Parsed<ExpiredRange> {
  return parseJson(text, (fields) => ({
    documentVersion: fields.oneOf('documentVersion', [1] as const),
    kind: fields.oneOf('kind', ['expired'] as const),
    reason: fields.oneOf('reason', ['expired'] as const),
    message: fields.text('message'),
    missing: fields.objects('missing', (range) => ({
      from: range.sequenceNumber('from'),
      to: range.sequenceNumber('to'),
    })),
    recordsFound: fields.count('recordsFound'),
    ...readOnFailureFields(fields),
  }));
}
