import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from '../rounds.ts';
import { type ArmLimits, type ArmProcess, type Sink, startArm } from './processes.ts';
import type { ArmSettings, SendFigures, SinkReport, SinkSettings } from './protocol.ts';

/** One process of an arm, as both sides saw it. */
export interface ArmRun {
  readonly sent: SendFigures;
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
  {
    warmUpEvents,
    terminateAfterMs,
    ...limits
  }: ArmLimits & { warmUpEvents: number; terminateAfterMs?: number | undefined },
): Promise<ArmRun> {
  await using child = startArm(arm, sink, limits);
  await warmUp(sink, child, settings, warmUpEvents);
  await sink.reset(settings);
  child.ask({ kind: 'send' });
  if (terminateAfterMs !== undefined) {
    await sleep(terminateAfterMs);
    child.terminate();
  }
  const { figures: sent } = await child.next('sent');
  return { sent, report: await sink.report(sent.tracked) };
}

/** Lets an arm send events that do not count. */
export async function warmUp(
  sink: Sink,
  child: ArmProcess,
  { shards, seed, events }: SinkSettings,
  warmUpEvents: number,
): Promise<void> {
  await sink.reset({ shards, seed, events, faults: {} });
  child.ask({ kind: 'warm up', events: warmUpEvents });
  await child.next('warm');
}

/** The figures of a run that are compared and summarized, by name. */
export function figuresOf({ sent, report }: ArmRun): Figures {
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
  };
}
