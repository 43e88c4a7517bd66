import { createRandom } from '../../random.ts';
import { type SinkSettings, STREAM } from '../protocol.ts';
import { type Entry, readEntries } from './entries.ts';
import { createHotShard } from './hot-shard.ts';
import { type Committed, type Ledger, readLedger } from './ledger.ts';
import { createShards, type Shard } from './shards.ts';

/** What the server does with a request. */
type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly delayMs: number;
    }
  /** The records were taken, but nobody will hear of it. */
  | { readonly kind: 'silence' }
  /** The connection is cut. */
  | { readonly kind: 'cut' };

/** A stream that answers as Kinesis does, with faults on demand, and forgets nothing. */
export interface Stream {
  /** @param nowMs - since the epoch. */
  readonly handle: (operation: string, body: Buffer, nowMs: number) => Answer;
  readonly requests: () => number;
  readonly records: () => number;
  readonly ledger: (tracked: number) => Ledger;
}

/** As long as those of Kinesis: 56 digits. */
const SEQUENCE_PREFIX = '4966'.padEnd(44, '0');

/** About: by the bytes that were taken the stream knows how far the work is, aggregated or not. */
const EVENT_BYTES = 300;

export function createStream({ shards: count, seed, faults, events }: SinkSettings): Stream {
  const random = createRandom(seed);
  const shards = createShards(count);
  const committed: Committed[] = [];
  let requests = 0;
  let records = 0;
  let sequence = 0;
  let takenBytes = 0;
  let splitAtBytes = faults.reshard === true ? (events * EVENT_BYTES) / 2 : Infinity;
  let outageEndsMs: number | undefined;
  const hotShard = createHotShard(faults.hotShardShare ?? 1);

  return {
    handle(operation, body, nowMs) {
      if (isOut(nowMs)) return { kind: 'cut' };
      switch (operation) {
        case 'PutRecords':
          return putRecords(body, nowMs);
        case 'ListShards':
          return answer({ Shards: shards.open().map(describeShard) });
        case 'DescribeStreamSummary':
          return answer({ StreamDescriptionSummary: describe() });
        case 'DescribeStream':
          return answer({
            StreamDescription: {
              ...describe(),
              HasMoreShards: false,
              Shards: shards.open().map(describeShard),
            },
          });
        default:
          return answer({ __type: 'UnknownOperationException', message: operation }, 400);
      }
    },
    requests: () => requests,
    records: () => records,
    ledger: (tracked) => readLedger(committed, tracked),
  };

  function putRecords(body: Buffer, nowMs: number): Answer {
    requests += 1;
    if (hit(faults.serverErrors)) {
      return answer({ __type: 'InternalFailure', message: 'injected' }, 500);
    }
    const entries = readEntries(body);
    if (entries.length === 0 || entries.length > 500) {
      return answer({ __type: 'InvalidArgumentException', message: 'not 1 to 500 records' }, 400);
    }
    if (takenBytes >= splitAtBytes) {
      shards.split();
      splitAtBytes = Infinity;
    }
    hotShard.refill(nowMs);
    let failed = 0;
    const taken: boolean[] = [];
    const results = entries.map((entry) => {
      const result = put(entry);
      taken.push(result.taken);
      if (!result.taken) failed += 1;
      return result.text;
    });
    committed.push({ body, taken: failed === 0 ? undefined : taken, atMs: nowMs });
    records += entries.length - failed;
    if (hit(faults.silentCommits)) return { kind: 'silence' };
    const text = `{"FailedRecordCount":${failed},"Records":[${results.join(',')}]}`;
    return { kind: 'answer', status: 200, body: text, delayMs: faults.roundTripMs ?? 0 };
  }

  function put({ partitionKey, explicitHashKey, bytes }: Entry): { taken: boolean; text: string } {
    if (hit(faults.failedRecords)) return refuse('InternalFailure', 'Internal service failure.');
    const shard = shards.of(partitionKey, explicitHashKey);
    const isHot = faults.hotShardShare !== undefined && shard.start === 0n;
    if (isHot && !hotShard.take(bytes)) {
      return refuse(
        'ProvisionedThroughputExceededException',
        `Rate exceeded for shard ${shard.id} in stream ${STREAM} under account 000000000000.`,
      );
    }
    takenBytes += bytes;
    sequence += 1;
    const number = SEQUENCE_PREFIX + String(sequence).padStart(12, '0');
    return { taken: true, text: `{"SequenceNumber":"${number}","ShardId":"${shard.id}"}` };
  }

  function isOut(nowMs: number): boolean {
    if (faults.outageMs === undefined) return false;
    if (outageEndsMs === undefined && takenBytes >= (events * EVENT_BYTES) / 4) {
      outageEndsMs = nowMs + faults.outageMs;
    }
    return outageEndsMs !== undefined && nowMs < outageEndsMs;
  }

  function hit(share: number | undefined): boolean {
    return share !== undefined && random.chance(share);
  }

  function describe(): object {
    return {
      StreamName: STREAM,
      StreamARN: `arn:aws:kinesis:eu-central-1:000000000000:stream/${STREAM}`,
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      StreamCreationTimestamp: 1.8e9,
      RetentionPeriodHours: 24,
      EncryptionType: 'NONE',
      EnhancedMonitoring: [],
      OpenShardCount: shards.open().length,
    };
  }
}

function answer(body: object, status = 200): Answer {
  return { kind: 'answer', status, body: JSON.stringify(body), delayMs: 0 };
}

function refuse(code: string, message: string): { taken: boolean; text: string } {
  return { taken: false, text: JSON.stringify({ ErrorCode: code, ErrorMessage: message }) };
}

function describeShard({ id, start, end }: Shard): object {
  return {
    ShardId: id,
    HashKeyRange: { StartingHashKey: String(start), EndingHashKey: String(end) },
    SequenceNumberRange: { StartingSequenceNumber: SEQUENCE_PREFIX.padEnd(56, '0') },
  };
}
