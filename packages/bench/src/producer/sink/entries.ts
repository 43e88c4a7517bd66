/** What the sink must know of a record in order to answer. */
export interface Entry {
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
  /** Of its data; to within a few percent. */
  readonly bytes: number;
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
    return readRecords(body).map(({ Data, PartitionKey, ExplicitHashKey }) => ({
      partitionKey: PartitionKey,
      explicitHashKey: ExplicitHashKey,
      bytes: bytesOfBase64(Data.length),
    }));
  }
  const entries: Entry[] = [];
  let from = 0;
  let at = body.indexOf(PARTITION_KEY);
  while (at !== -1) {
    const start = at + PARTITION_KEY.length;
    const end = body.indexOf(0x22, start);
    entries.push({
      partitionKey: body.toString('utf8', start, end),
      explicitHashKey: undefined,
      bytes: bytesOfBase64(at - from),
    });
    from = end;
    at = body.indexOf(PARTITION_KEY, end);
  }
  return entries;
}

function bytesOfBase64(length: number): number {
  return Math.floor((length * 3) / 4);
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
