import {
  createKinesisMapping,
  type EventSourceMappingProperties,
  type InferredKinesisBehaviour,
  type InvocationResult,
  type KinesisCheckpoints,
  type KinesisCommand,
  type KinesisInput,
  type KinesisMapping,
  type KinesisRecord,
  type OnFailureDocument,
  type ReadPosition,
  resolveKinesisSettings,
} from '../src/index.ts';

export const streamArn = 'arn:aws:kinesis:us-east-1:000000000000:stream/events';
export const queueArn = 'arn:aws:sqs:us-east-1:000000000000:failures';
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);
export const success: InvocationResult = { kind: 'ok', payload: '{"batchItemFailures":[]}' };

type Invoke = Extract<KinesisCommand, { type: 'invoke' }>;

/** What the function does with one invocation: its result, and how long that takes. */
export type FunctionBehaviour = (
  invoke: Invoke,
  nowMs: number,
) => InvocationResult | { readonly result: InvocationResult; readonly tookMs: number };

export interface WorldOptions {
  readonly properties?: Partial<EventSourceMappingProperties>;
  readonly inferred?: Partial<InferredKinesisBehaviour>;
  readonly invoke?: FunctionBehaviour;
  /** Whether a report arrives. Default: always. */
  readonly deliver?: (document: OnFailureDocument) => boolean;
  /** Whether a read or a listing fails. Default: never. */
  readonly readFails?: () => boolean;
  readonly random?: () => number;
  readonly shards?: number;
}

/** One invocation as it happened. */
export interface Invocation {
  readonly invoke: Invoke;
  readonly atMs: number;
  readonly result: InvocationResult;
}

type LogEntry =
  | { readonly atMs: number; readonly input: KinesisInput }
  | { readonly atMs: number; readonly command: KinesisCommand };

interface WorldShard {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly records: KinesisRecord[];
  readonly createdAtMs: number;
  closed: boolean;
}

interface Entry {
  readonly atMs: number;
  readonly action: () => void;
  /** Planned by the test, so not drained before it has happened. */
  readonly planned: boolean;
}

/** A stream, a function and a queue in memory, with a mapping on a virtual clock. */
export interface World {
  readonly invocations: Invocation[];
  readonly documents: OnFailureDocument[];
  readonly checkpoints: { readonly shardId: string; readonly sequenceNumber: string }[];
  readonly commands: { readonly command: KinesisCommand; readonly atMs: number }[];
  /** Everything that went into the mapping and came out of it, in order. */
  readonly log: LogEntry[];
  readonly mapping: () => KinesisMapping;
  readonly nowMs: () => number;
  readonly shards: ReadonlyMap<string, WorldShard>;
  /** Puts a record now. */
  readonly put: (
    text: string,
    put?: { readonly key?: string; readonly shardId?: string; readonly arrivedAtMs?: number },
  ) => KinesisRecord;
  /** Calls back at a later time, before or while running. */
  readonly at: (delayMs: number, action: () => void) => void;
  readonly split: (shardId: string) => readonly [string, string];
  readonly merge: (a: string, b: string) => string;
  /** Replaces the mapping by a new one that goes on from its checkpoints; what was under way is forgotten. */
  readonly restart: () => void;
  /** Lets time pass. */
  readonly run: (forMs: number) => void;
  /** Lets time pass until all that was put is settled; throws when that takes longer than the limit. */
  readonly drain: (limitMs?: number) => void;
}

export function createWorld(options: WorldOptions = {}): World {
  const settings = resolveKinesisSettings(
    {
      EventSourceArn: streamArn,
      FunctionName: 'processor',
      StartingPosition: 'TRIM_HORIZON',
      DestinationConfig: { OnFailure: { Destination: queueArn } },
      ...options.properties,
    },
    options.inferred,
  );
  const random = options.random ?? seededRandom(1);
  const invoke: FunctionBehaviour = options.invoke ?? (() => success);
  const shards = new Map<string, WorldShard>();
  const invocations: Invocation[] = [];
  const documents: OnFailureDocument[] = [];
  const checkpoints: World['checkpoints'] = [];
  const commands: World['commands'] = [];
  const log: LogEntry[] = [];
  /** In order of time. */
  const agenda: Entry[] = [];
  let nowMs = startMs;
  // Crosses from 2 to 3 digits, so that comparing as text would be wrong.
  let sequence = 90n;
  let generation = 0;
  let wakeAtMs = Infinity;
  let mapping = newMapping();

  function newMapping(from?: KinesisCheckpoints): KinesisMapping {
    return createKinesisMapping(settings, {
      random,
      roleArn: 'arn:aws:iam::000000000000:role/processor',
      ...(from !== undefined && { checkpoints: from }),
    });
  }

  function schedule(delayMs: number, planned: boolean, action: () => void): void {
    const atMs = nowMs + delayMs;
    const later = agenda.findIndex((entry) => entry.atMs > atMs);
    agenda.splice(later === -1 ? agenda.length : later, 0, { atMs, action, planned });
  }

  function addShard(...parents: readonly string[]): string {
    const shardId = `shardId-${String(shards.size).padStart(12, '0')}`;
    shards.set(shardId, { shardId, parents, records: [], createdAtMs: nowMs, closed: false });
    return shardId;
  }

  function close(...ids: readonly string[]): void {
    for (const id of ids) {
      const shard = shards.get(id);
      if (shard !== undefined) shard.closed = true;
    }
  }

  function tell(input: KinesisInput): void {
    wakeAtMs = Infinity;
    log.push({ input, atMs: nowMs });
    for (const command of mapping.step(input, nowMs)) {
      commands.push({ command, atMs: nowMs });
      log.push({ command, atMs: nowMs });
      perform(command);
    }
  }

  /** The answer comes later, unless the mapping has been restarted by then. */
  function answer(delayMs: number, input: () => KinesisInput): void {
    const asked = generation;
    schedule(delayMs, false, () => {
      if (asked === generation) tell(input());
    });
  }

  function perform(command: KinesisCommand): void {
    switch (command.type) {
      case 'wake':
        wakeAtMs = command.atMs;
        return;
      case 'list_shards':
        answer(5, () =>
          options.readFails?.() === true ? { type: 'list_shards_failed' } : listing(),
        );
        return;
      case 'read':
        answer(5, () =>
          options.readFails?.() === true
            ? { type: 'read_failed', shardId: command.shardId }
            : read(command.shardId, command.position, command.limit),
        );
        return;
      case 'invoke': {
        const outcome = invoke(command, nowMs);
        const { result, tookMs } = 'result' in outcome ? outcome : { result: outcome, tookMs: 10 };
        invocations.push({ invoke: command, atMs: nowMs, result });
        const { invocationId } = command;
        answer(tookMs, () => ({ type: 'invocation', invocationId, result }));
        return;
      }
      case 'send_on_failure': {
        const delivered = options.deliver?.(command.document) ?? true;
        if (delivered) documents.push(command.document);
        const { failureId } = command;
        answer(3, () => ({ type: 'on_failure', failureId, delivered }));
        return;
      }
      case 'checkpoint':
        checkpoints.push(command);
        return;
    }
  }

  function listing(): KinesisInput {
    return {
      type: 'shards',
      shards: [...shards.values()].map(({ shardId, parents: [parent, adjacent], closed }) => ({
        shardId,
        ...(parent !== undefined && { parentShardId: parent }),
        ...(adjacent !== undefined && { adjacentParentShardId: adjacent }),
        closed,
      })),
    };
  }

  function read(shardId: string, position: ReadPosition, limit: number): KinesisInput {
    const shard = shards.get(shardId);
    if (shard === undefined) throw new Error(`no such shard: ${shardId}`);
    const from = startIndex(shard, position, nowMs - 5);
    const records = shard.records.slice(from, from + limit);
    const left = shard.records.length - from - records.length;
    return {
      type: 'records',
      shardId,
      records,
      millisBehindLatest: left * 10,
      endOfShard: shard.closed && left === 0,
    };
  }

  function runUntil(isDone: () => boolean, limitMs: number): boolean {
    const endMs = nowMs + limitMs;
    if (commands.length === 0) tell({ type: 'tick' });
    while (!isDone()) {
      const next = agenda[0];
      const dueMs = Math.min(next?.atMs ?? Infinity, wakeAtMs);
      if (dueMs > endMs) {
        nowMs = endMs;
        return false;
      }
      nowMs = Math.max(nowMs, dueMs);
      if (next !== undefined && next.atMs <= wakeAtMs) {
        agenda.shift();
        next.action();
      } else {
        tell({ type: 'tick' });
      }
    }
    return true;
  }

  for (let i = 0; i < (options.shards ?? 1); i++) addShard();

  return {
    invocations,
    documents,
    checkpoints,
    commands,
    log,
    shards,
    at: (delayMs, action) => schedule(delayMs, true, action),
    mapping: () => mapping,
    nowMs: () => nowMs,
    put(text, { key = 'user', shardId = 'shardId-000000000000', arrivedAtMs = nowMs } = {}) {
      sequence += 1n;
      const record: KinesisRecord = {
        sequenceNumber: String(sequence),
        partitionKey: key,
        data: Buffer.from(text),
        arrivedAtMs,
      };
      const shard = shards.get(shardId);
      if (shard === undefined || shard.closed) throw new Error(`cannot put into ${shardId}`);
      shard.records.push(record);
      return record;
    },
    split(shardId) {
      close(shardId);
      return [addShard(shardId), addShard(shardId)];
    },
    merge(a, b) {
      close(a, b);
      return addShard(a, b);
    },
    restart() {
      generation += 1;
      mapping = newMapping(structuredClone(mapping.checkpoints()));
      tell({ type: 'tick' });
    },
    run: (forMs) => void runUntil(() => false, forMs),
    drain(limitMs = 3_600_000) {
      const lastPlannedMs = Math.max(
        nowMs,
        ...agenda.filter(({ planned }) => planned).map(({ atMs }) => atMs),
      );
      const isDone = (): boolean => (mapping.status().settledAsOfMs ?? -Infinity) > lastPlannedMs;
      if (!runUntil(isDone, limitMs)) {
        throw new Error(`not drained: ${JSON.stringify(mapping.status(), null, 1)}`);
      }
    },
  };
}

function startIndex(shard: WorldShard, position: ReadPosition, askedAtMs: number): number {
  const isBefore = {
    TRIM_HORIZON: () => false,
    LATEST: ({ arrivedAtMs }: KinesisRecord) => arrivedAtMs < askedAtMs,
    AT_TIMESTAMP: ({ arrivedAtMs }: KinesisRecord) =>
      position.type === 'AT_TIMESTAMP' && arrivedAtMs < position.timestampMs,
    AFTER_SEQUENCE_NUMBER: ({ sequenceNumber }: KinesisRecord) =>
      position.type === 'AFTER_SEQUENCE_NUMBER' &&
      BigInt(sequenceNumber) <= BigInt(position.sequenceNumber),
  }[position.type];
  const index = shard.records.findIndex((record) => !isBefore(record));
  return index === -1 ? shard.records.length : index;
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
