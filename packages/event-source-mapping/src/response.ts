import type { InferredKinesisBehaviour } from './inferred.ts';

/** What a function's return value says about its batch. */
export type BatchVerdict =
  | { readonly kind: 'success' }
  /** The failed items by their position in the batch, ascending, never empty. */
  | { readonly kind: 'partial'; readonly failed: readonly number[] }
  | { readonly kind: 'whole_batch' };

const success: BatchVerdict = { kind: 'success' };
const wholeBatch: BatchVerdict = { kind: 'whole_batch' };

/**
 * Reads a return value under `ReportBatchItemFailures`.
 *
 * Nothing to report (`""`, `[]`, `null`, `{}`, an empty or null list) is success. An identifier that
 * is empty, null, not a string, or under another name fails the whole batch, as recorded on AWS.
 * Text that is no JSON fails it too; an empty payload is what a custom runtime sends for nothing.
 *
 * @param payload the return value as JSON text.
 * @param positions item identifier → position in the batch.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function readBatchResponse(
  payload: string,
  positions: ReadonlyMap<string, number>,
  inferred: Pick<InferredKinesisBehaviour, 'unknownItemIdentifier' | 'unexpectedReturnValue'>,
): BatchVerdict {
  const value = parse(payload);
  if (value === undefined) return wholeBatch;
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) {
    return success;
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return inferred.unexpectedReturnValue === 'success' ? success : wholeBatch;
  }
  const failures = (value as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return success;
  if (!Array.isArray(failures)) return wholeBatch;

  const failed = new Set<number>();
  for (const failure of failures as readonly unknown[]) {
    const identifier = itemIdentifier(failure);
    if (identifier === undefined) return wholeBatch;
    const position = positions.get(identifier);
    if (position !== undefined) failed.add(position);
    else if (inferred.unknownItemIdentifier === 'whole_batch') return wholeBatch;
  }
  if (failed.size === 0) return success;
  return { kind: 'partial', failed: [...failed].toSorted((a, b) => a - b) };
}

function itemIdentifier(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null) return undefined;
  const identifier = (failure as { itemIdentifier?: unknown }).itemIdentifier;
  return typeof identifier === 'string' && identifier !== '' ? identifier : undefined;
}

/** `undefined` when it is no JSON. */
function parse(payload: string): unknown {
  if (payload.trim() === '') return null;
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return undefined;
  }
}
