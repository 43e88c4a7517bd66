/** What the sink must know of a record in order to answer. */
export interface Entry {
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
}

const PARTITION_KEY = Buffer.from('"PartitionKey":"');
const DECIDES_AGAINST_SCAN = ['"ExplicitHashKey"', '\\'].map((text) => Buffer.from(text));

/**
 * The entries of a PutRecords body, in order. Parsing JSON would cost the sink several times of
 * what the fastest arm spends, so bodies without explicit hash keys and escapes are only searched
 * for their keys. Base64 contains no quotes, so nothing else looks like a key.
 */
export function readEntries(body: Buffer): readonly Entry[] {
  if (DECIDES_AGAINST_SCAN.some((text) => body.includes(text))) {
    return readRecords(body).map(({ PartitionKey, ExplicitHashKey }) => ({
      partitionKey: PartitionKey,
      explicitHashKey: ExplicitHashKey,
    }));
  }
  const entries: Entry[] = [];
  let at = body.indexOf(PARTITION_KEY);
  while (at !== -1) {
    const start = at + PARTITION_KEY.length;
    const end = body.indexOf(0x22, start);
    entries.push({ partitionKey: body.toString('utf8', start, end), explicitHashKey: undefined });
    at = body.indexOf(PARTITION_KEY, end);
  }
  return entries;
}

/** A record as PutRecords carries it. */
export interface WireRecord {
  readonly Data: string;
  readonly PartitionKey: string;
  readonly ExplicitHashKey?: string;
}

export function readRecords(body: Buffer): readonly WireRecord[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the bench's own arms wrote it
  const { Records } = JSON.parse(body.toString()) as { Records: readonly WireRecord[] };
  return Records;
}
