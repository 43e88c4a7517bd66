import type { BufferedRecord } from './batching.ts';
import { type MappingCounters, newCounters } from './counters.ts';
import { passesFilters } from './filter.ts';
import { emptyEventBytes, eventRecordBytes, type KinesisEventContext } from './kinesis-event.ts';
import type { KinesisCheckpoints, KinesisCommand, KinesisInput } from './kinesis-protocol.ts';
import { compareSequenceNumbers } from './kinesis-record.ts';
import type { KinesisSettings } from './kinesis-settings.ts';
import { type KinesisMappingStatus, kinesisStatus } from './kinesis-status.ts';
import {
  advanceLane,
  finishInvocation,
  finishReport,
  isFailing,
  type Lane,
  type LaneContext,
  laneDueAtMs,
} from './lane.ts';
import { laneOf } from './lanes.ts';
import { parentsAreDone, updateLineage } from './lineage.ts';
import { randomId } from './random-id.ts';
import { retryDelayMs } from './retry.ts';
import { createShard, readPosition, resumePosition, type Shard, settledUpTo } from './shard.ts';

/** What a mapping needs besides its settings. */
export interface KinesisMappingOptions {
  /** Numbers in [0, 1): where ids come from. `Math.random`, or a seeded source for a run that repeats. */
  readonly random: () => number;
  /** The function's execution role, shown to it as `invokeIdentityArn`. */
  readonly roleArn: string;
  /** Where an earlier mapping left off. Default: the starting position. */
  readonly checkpoints?: KinesisCheckpoints;
}

/** A running Kinesis mapping. It does nothing by itself: it is told what happened, and says what to do. */
export interface KinesisMapping {
  /**
   * @param nowMs ms since the epoch; must not go backwards.
   * @returns what to do now, in order; at most one `wake`, at the end.
   */
  readonly step: (input: KinesisInput, nowMs: number) => readonly KinesisCommand[];
  readonly status: () => KinesisMappingStatus;
  readonly counters: () => MappingCounters;
  readonly checkpoints: () => KinesisCheckpoints;
}

/** GetRecords returns at most this many. */
const maximumReadRecords = 10_000;

/** The state machine of one Kinesis event source mapping. */
export function createKinesisMapping(
  settings: KinesisSettings,
  options: KinesisMappingOptions,
): KinesisMapping {
  const { inferred } = settings;
  const counters = newCounters();
  const shards = restore(settings, options.checkpoints);
  const atWork = new Map<string, { readonly shard: Shard; readonly lane: Lane }>();
  const newId = (): string => randomId(options.random);
  const limits = {
    batchSize: settings.batchSize,
    payloadBytes: inferred.maximumPayloadBytes - emptyEventBytes,
  };
  let stopped = !settings.enabled;
  let listing = false;
  let listAtMs = stopped ? Infinity : -Infinity;
  let listFailures = 0;
  let commands: KinesisCommand[] = [];

  function step(input: KinesisInput, nowMs: number): readonly KinesisCommand[] {
    commands = [];
    take(input, nowMs);
    if (!stopped && !listing && listAtMs <= nowMs) {
      listing = true;
      commands.push({ type: 'list_shards' });
    }
    for (const shard of shards.values()) advance(shard, nowMs);
    // A parent that has just finished lets its children start within the same step.
    for (const shard of shards.values()) if (shard.phase === 'waiting') advance(shard, nowMs);
    const dueAtMs = nextDueAtMs();
    if (dueAtMs !== Infinity) commands.push({ type: 'wake', atMs: Math.max(dueAtMs, nowMs) });
    return commands;
  }

  function take(input: KinesisInput, nowMs: number): void {
    switch (input.type) {
      case 'tick':
        return;
      case 'stop':
        stopped = true;
        return;
      case 'shards':
        listing = false;
        listAtMs = Infinity;
        listFailures = 0;
        updateLineage(shards, input.shards, settings);
        return;
      case 'list_shards_failed':
        listing = false;
        listFailures += 1;
        listAtMs = nowMs + retryDelayMs(listFailures, inferred);
        return;
      case 'records':
        takeRecords(input, nowMs);
        return;
      case 'read_failed':
        takeReadFailure(input.shardId, nowMs);
        return;
      case 'invocation':
      case 'on_failure': {
        const id = input.type === 'invocation' ? input.invocationId : input.failureId;
        const owner = atWork.get(id);
        // An answer that comes twice, or to another mapping's question.
        if (owner === undefined) return;
        atWork.delete(id);
        const context = laneContext(owner.shard, nowMs);
        if (input.type === 'invocation') finishInvocation(owner.lane, input.result, context);
        else finishReport(owner.lane, input.delivered, context);
        return;
      }
    }
  }

  function takeRecords(input: Extract<KinesisInput, { type: 'records' }>, nowMs: number): void {
    const shard = shards.get(input.shardId);
    if (shard?.readIssuedAtMs === undefined || stopped) return;
    const context = eventContext(shard.shardId);
    for (const record of input.records) {
      const { sequenceNumber } = record;
      // A new iterator may start a little early: what has been read is not read again.
      if (
        shard.lastRead !== undefined &&
        compareSequenceNumbers(sequenceNumber, shard.lastRead) <= 0
      )
        continue;
      const previous = shard.lastRead;
      shard.lastRead = sequenceNumber;
      counters.Polled += 1;
      if (!passesFilters(record.data, settings.filters)) {
        counters.FilteredOut += 1;
        continue;
      }
      const payloadBytes = eventRecordBytes(record, context);
      shard.unsettledRecords += 1;
      shard.unsettledBytes += payloadBytes;
      shard.lanes[laneOf(record.partitionKey, settings.lanes)]?.queue.push({
        record,
        payloadBytes,
        bufferedAtMs: nowMs,
        previous,
      });
    }
    const caughtUp = input.endOfShard || input.millisBehindLatest === 0;
    if (caughtUp) shard.caughtUpAsOfMs = shard.readIssuedAtMs;
    shard.millisBehindLatest = input.millisBehindLatest;
    shard.nextReadAtMs =
      shard.readIssuedAtMs + (caughtUp ? inferred.pollIntervalMs : inferred.readIntervalMs);
    shard.readIssuedAtMs = undefined;
    shard.readFailures = 0;
    if (input.endOfShard) {
      shard.phase = 'draining';
      listAtMs = nowMs; // its children
    }
  }

  function takeReadFailure(shardId: string, nowMs: number): void {
    const shard = shards.get(shardId);
    if (shard?.readIssuedAtMs === undefined) return;
    shard.readIssuedAtMs = undefined;
    shard.readFailures += 1;
    shard.nextReadAtMs = nowMs + retryDelayMs(shard.readFailures, inferred);
  }

  function advance(shard: Shard, nowMs: number): void {
    if (shard.phase === 'done') return;
    if (shard.phase === 'waiting') {
      if (stopped || !parentsAreDone(shard, shards)) return;
      shard.phase = 'reading';
    }
    if (!stopped) advanceLanes(shard, nowMs);
    announceCheckpoint(shard);
    if (shard.phase === 'draining' && shard.unsettledRecords === 0) shard.phase = 'done';
    if (!stopped && mayRead(shard) && shard.nextReadAtMs <= nowMs) read(shard, nowMs);
  }

  function advanceLanes(shard: Shard, nowMs: number): void {
    const context = laneContext(shard, nowMs);
    const failing = inferred.failingLaneBlocksShard ? shard.lanes.find(isFailing) : undefined;
    for (const lane of shard.lanes) {
      if (failing === undefined || failing === lane || lane.activity.kind !== 'idle') {
        advanceLane(lane, context);
      }
    }
  }

  function announceCheckpoint(shard: Shard): void {
    const settled = settledUpTo(shard);
    if (settled === undefined || settled === shard.checkpoint) return;
    shard.checkpoint = settled;
    commands.push({ type: 'checkpoint', shardId: shard.shardId, sequenceNumber: settled });
  }

  /** Reading stops at half of the buffer, so that the next read is worth its round trip. */
  function mayRead(shard: Shard): boolean {
    return (
      shard.phase === 'reading' &&
      shard.readIssuedAtMs === undefined &&
      shard.unsettledRecords * 2 <= settings.maximumBufferedRecords &&
      shard.unsettledBytes < settings.maximumBufferedBytes
    );
  }

  function read(shard: Shard, nowMs: number): void {
    const position = readPosition(shard);
    const room = settings.maximumBufferedRecords - shard.unsettledRecords;
    shard.readIssuedAtMs = nowMs;
    commands.push({
      type: 'read',
      shardId: shard.shardId,
      position,
      limit: Math.max(1, Math.min(maximumReadRecords, room)),
    });
    // "Latest" has been said once; to say it again later would skip what came in between.
    if (position.type === 'LATEST') shard.start = { type: 'AT_TIMESTAMP', timestampMs: nowMs };
  }

  function nextDueAtMs(): number {
    if (stopped) return Infinity;
    let dueAtMs = listing ? Infinity : listAtMs;
    for (const shard of shards.values()) {
      if (shard.phase === 'waiting' || shard.phase === 'done') continue;
      if (mayRead(shard)) dueAtMs = Math.min(dueAtMs, shard.nextReadAtMs);
      const failing = inferred.failingLaneBlocksShard ? shard.lanes.find(isFailing) : undefined;
      for (const lane of shard.lanes) {
        if (failing !== undefined && failing !== lane && lane.activity.kind === 'idle') continue;
        dueAtMs = Math.min(dueAtMs, laneDueAtMs(lane, { limits, settings }));
      }
    }
    return dueAtMs;
  }

  function laneContext(shard: Shard, nowMs: number): LaneContext {
    return {
      settings,
      limits,
      event: eventContext(shard.shardId),
      counters,
      nowMs,
      newId,
      emit(command) {
        commands.push(command);
        if (command.type === 'invoke' || command.type === 'send_on_failure') {
          const lane = shard.lanes[command.lane];
          const id = command.type === 'invoke' ? command.invocationId : command.failureId;
          if (lane !== undefined) atWork.set(id, { shard, lane });
        }
      },
      settle(records: readonly BufferedRecord[]) {
        shard.unsettledRecords -= records.length;
        for (const { payloadBytes } of records) shard.unsettledBytes -= payloadBytes;
      },
    };
  }

  function eventContext(shardId: string): KinesisEventContext {
    return {
      shardId,
      streamArn: settings.streamArn,
      region: settings.region,
      roleArn: options.roleArn,
    };
  }

  return {
    step,
    status: () => kinesisStatus(shards.values(), listing || listAtMs !== Infinity),
    counters: () => ({ ...counters }),
    checkpoints: () => ({
      version: 1,
      shards: [...shards.values()].map((shard) => ({
        shardId: shard.shardId,
        parents: shard.parents,
        position: resumePosition(shard),
        done: shard.phase === 'done',
      })),
    }),
  };
}

function restore(
  settings: KinesisSettings,
  checkpoints: KinesisCheckpoints | undefined,
): Map<string, Shard> {
  return new Map(
    checkpoints?.shards.map(({ shardId, parents, position, done }) => [
      shardId,
      createShard({ shardId, parents, lanes: settings.lanes, start: position, done }),
    ]),
  );
}
