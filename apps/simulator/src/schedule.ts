/** Everything that decides how a simulation goes, as plain JSON; drawn from its seed, or from a file. */
export interface Schedule {
  /** What is not written down here (latencies, payloads) is drawn from it. */
  readonly seed: number;
  readonly workload: Workload;
  readonly producer: ProducerSettings;
  readonly network: NetworkSettings;
  readonly mapping: MappingSettings;
  readonly functions: FunctionSettings;
  readonly faults: readonly Fault[];
}

/** What is tracked, and what somebody else's program puts on the stream. */
export interface Workload {
  readonly users: number;
  /** Share of the events that one user sends, 0..1. */
  readonly hotShare: number;
  /** How many events are tracked. */
  readonly events: number;
  /** Events per burst: they are tracked in one go, without a pause. */
  readonly burst: number;
  /** From one burst to the next. */
  readonly burstEveryMs: number;
  /** Poison records that a foreign program puts on the stream. */
  readonly foreign: number;
  /** Of the foreign records so many come at once, with one partition key. */
  readonly foreignBurst: number;
  /** Only the events with these numbers; of a schedule that was made smaller. */
  readonly only?: readonly number[];
  /** Only the poison records with these numbers; of a schedule that was made smaller. */
  readonly onlyForeign?: readonly number[];
}

/** Options of `createProducer`, under their names. */
interface ProducerSettings {
  readonly lingerMs: number;
  readonly maxBatchRecords: number;
  readonly maxOpenRequests: number;
  readonly maxBufferRecords: number;
  readonly maxWaitingRecords: number;
  readonly whenFull: 'wait' | 'reject' | 'drop-oldest';
  readonly aggregation: boolean;
  readonly requestTimeoutMs: number;
  readonly deliveryTimeoutMs: number;
}

interface NetworkSettings {
  readonly minLatencyMs: number;
  readonly maxLatencyMs: number;
}

/** The stream and its event source mapping. */
export interface MappingSettings {
  readonly shards: number;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly parallelizationFactor: number;
  readonly bisect: boolean;
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeSeconds: number;
}

/** The two Lambda functions and the queue between them. */
interface FunctionSettings {
  readonly processorTimeoutMs: number;
  readonly dlqTimeoutMs: number;
  readonly dlqBatchSize: number;
  readonly visibilityTimeoutSeconds: number;
}

/** A kind of request; requests of one channel are counted from 1. */
export const channels = [
  /** The producer's PutRecords. */
  'put',
  /** The mapping's ListShards, GetShardIterator and GetRecords. */
  'read',
  /** The stream-processor's transactions. */
  'write',
  /** The stream-processor's messages to the dead-letter queue. */
  'dead_letter',
  /** The mapping's reports to the dead-letter queue. */
  'report',
  /** What either function puts into the bucket. */
  'quarantine',
  /** The dlq-handler's reading of a range. */
  'reread',
  /** ReceiveMessage and DeleteMessageBatch of the queue's mapping. */
  'receive',
  'delete',
] as const;
export type Channel = (typeof channels)[number];

/** What goes wrong with a request. */
export const requestFaults = [
  /** Nothing is done; the service says that it is too busy, or that it failed. */
  'throttle',
  'http_500',
  /** Nothing is done; the connection is lost, or no answer ever comes. */
  'reset',
  'hang',
  /** It takes effect; the answer is lost. */
  'commit_then_reset',
  'commit_then_hang',
  /** It arrives later than the caller waits, and takes effect then. */
  'late',
  /** The answer takes its time. */
  'slow',
  /** It arrives twice. */
  'twice',
  /** Some records of a PutRecords fail. */
  'records_failed',
  'records_throttled',
  /** Another transaction was at the same items. */
  'conflict',
  /** A message is handed out although somebody else has it. */
  'redeliver',
  /** The function dies before, or after, the request takes effect. */
  'crash_before',
  'crash_after',
] as const;
export type RequestFault = (typeof requestFaults)[number];

/** What goes wrong with an invocation. */
export const invocationFaults = [
  'throttled',
  'invoke_error',
  /** The function dies before it starts, or after it has done everything. */
  'crash_before',
  'crash_after',
  /** It dies of memory, in the middle, with all that its process remembered. */
  'out_of_memory',
  /** It does everything and then hangs until its time is up. */
  'timeout',
] as const;
export type InvocationFault = (typeof invocationFaults)[number];

export type Fault =
  | {
      readonly on: Channel;
      /** Which request, and how many after it. */
      readonly nth: number;
      readonly times?: number;
      readonly kind: RequestFault;
      /** For `late`, `slow` and `twice`: how much later. */
      readonly ms?: number;
    }
  | {
      readonly on: 'processor' | 'dlq_handler';
      readonly nth: number;
      readonly times?: number;
      readonly kind: InvocationFault;
      /** For `out_of_memory`: when, after the start. */
      readonly ms?: number;
    }
  | {
      readonly on: 'clock';
      readonly atMs: number;
      readonly kind: /** Splits, or merges, shards of the stream. */
        | 'split'
        | 'merge'
        /** The mapping is stopped and another goes on from its checkpoints. */
        | 'restart_mapping'
        /** The same, without a goodbye: what is under way goes on, unheard. */
        | 'kill_mapping'
        /** The computers' clocks are set. */
        | 'set_clock';
      /** For `set_clock`: how far off the true time. For resharding: which shard. */
      readonly by?: number;
    };
