import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from '../rounds.ts';
import { type ArmLimits, type Sink, startArm } from './processes.ts';
import type {
  ArmSettings,
  CallFigures,
  SendFigures,
  SinkReport,
  SinkSettings,
} from './protocol.ts';

/** One process of an arm, as both sides saw it. */
export interface ArmRun {
  readonly sent: SendFigures;
  /** Undefined if no calls were timed. */
  readonly called: CallFigures | undefined;
  readonly report: SinkReport;
}

/**
 * Runs one arm against the sink.
 *
 * @throws {@link BenchError} `failed_run` or `timed_out`, and `no_sink`, after which nothing can be
 *   measured
 */
export async function runArm(
  sink: Sink,
  arm: ArmSettings,
  settings: SinkSettings,
  { terminateAfterMs, ...limits }: ArmLimits & { terminateAfterMs?: number | undefined },
): Promise<ArmRun> {
  const { shards, seed, events } = settings;
  await sink.reset({ shards, seed, events, faults: {} });
  await using child = startArm(arm, sink, limits);
  await child.next('warm');
  await sink.reset(settings);
  child.goOn();
  if (terminateAfterMs !== undefined) {
    await sleep(terminateAfterMs);
    child.terminate();
  }
  const { figures: sent } = await child.next('sent');
  const report = await sink.report(sent.tracked);
  child.goOn();
  const called = arm.timedCalls > 0 ? (await child.next('called')).figures : undefined;
  return { sent, called, report };
}

/** The figures of a run that are compared and summarized, by name. */
export function figuresOf({ sent, called, report }: ArmRun): Figures {
  const { confirmed } = report;
  const million = 1e6 / confirmed;
  return {
    eventsPerSecond: (confirmed / sent.wallMs) * 1000,
    cpuUsPerEvent: (sent.cpuMs * 1000) / confirmed,
    loopDelayP99Ms: sent.loopDelayP99Ms,
    peakRssMiB: sent.peakRssBytes / 2 ** 20,
    handshakesPerRequest: report.handshakes / report.requests,
    putUnitsPerMillion: report.putUnits * million,
    onDemandMiBPerMillion: (report.onDemandBytes * million) / 2 ** 20,
    lost: report.lost,
    duplicated: report.duplicated,
    reordered: report.reordered,
    strange: report.strange,
    requests: report.requests,
    sinkLoad: report.load,
    ...(called && {
      callP50Us: called.callP50Us,
      callP99Us: called.callP99Us,
      callMeanUs: called.callMeanUs,
      callByStringify: called.callMeanUs / called.stringifyMeanUs,
    }),
  };
}
