import type { BufferedRecord } from './batching.ts';
import type { InferredKinesisBehaviour } from './inferred.ts';
import type { FunctionOutcome } from './on-failure.ts';

/** A batch, or what a bisect, a partial response or the age limit left of it: what one invocation carries. */
export interface Piece {
  readonly records: readonly BufferedRecord[];
  /** Invocations that count against the retry budget. */
  readonly attempts: number;
  /** Invocations in a row that brought nothing, throttles included: what the backoff grows with. */
  readonly failures: number;
  /** How the last invocation ended, for the on-failure document. */
  readonly outcome: FunctionOutcome | undefined;
}

export function newPiece(records: readonly BufferedRecord[]): Piece {
  return { records, attempts: 0, failures: 0, outcome: undefined };
}

/**
 * Two halves, the first to go first, which keeps the order of a key. The split does not consume the
 * retry quota (documented).
 */
export function bisect(piece: Piece): readonly [Piece, Piece] {
  const middle = Math.ceil(piece.records.length / 2);
  return [
    { ...piece, records: piece.records.slice(0, middle), failures: 0 },
    { ...piece, records: piece.records.slice(middle), failures: 0 },
  ];
}

/** N retries are N + 1 invocations; −1 is no limit. */
export function isExhausted(piece: Piece, retries: number): boolean {
  return retries !== -1 && piece.attempts > retries;
}

/** Exponential from the first retry on. */
export function retryDelayMs(
  failures: number,
  inferred: Pick<InferredKinesisBehaviour, 'retryInitialDelayMs' | 'retryMaximumDelayMs'>,
): number {
  const delay = inferred.retryInitialDelayMs * 2 ** Math.min(failures - 1, 52);
  return Math.min(delay, inferred.retryMaximumDelayMs);
}

/**
 * Cuts a piece where the age of its records changes sides, so that each part is wholly expired or
 * wholly fresh. Age is a matter of the single record: one expired record among five fresh ones was
 * reported alone, and the five delivered (recorded).
 */
export function splitByAge(
  piece: Piece,
  isExpired: (record: BufferedRecord) => boolean,
): readonly { readonly piece: Piece; readonly expired: boolean }[] {
  const parts: { records: BufferedRecord[]; expired: boolean }[] = [];
  for (const record of piece.records) {
    const expired = isExpired(record);
    const last = parts.at(-1);
    if (last?.expired === expired) last.records.push(record);
    else parts.push({ records: [record], expired });
  }
  return parts.map(({ records, expired }) => ({ piece: { ...piece, records }, expired }));
}
