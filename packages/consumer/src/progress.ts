/**
 * Where a record of the batch stands: `waiting`, at work (`running`), done but for its commit
 * (`finished`), `done`, or given up on for this invocation (`failed`).
 */
export type RecordState = 'waiting' | 'running' | 'finished' | 'done' | 'failed';

/**
 * The index of the record from which the mapping must deliver again: the one with the lowest
 * sequence number among those not done. Undefined when all are done.
 */
export function firstUnfinished(
  sequenceNumbers: readonly string[],
  states: readonly RecordState[],
): number | undefined {
  let first: { index: number; sequenceNumber: bigint } | undefined;
  for (const [index, state] of states.entries()) {
    if (state === 'done') continue;
    // As text, "10" would come before "9".
    const sequenceNumber = BigInt(sequenceNumbers[index] ?? 0);
    if (!first || sequenceNumber < first.sequenceNumber) first = { index, sequenceNumber };
  }
  return first?.index;
}

/** How many records lie at or beyond the sequence number from which everything comes again. */
export function countFrom(sequenceNumbers: readonly string[], first: string): number {
  const from = BigInt(first);
  return sequenceNumbers.filter((sequenceNumber) => BigInt(sequenceNumber) >= from).length;
}
