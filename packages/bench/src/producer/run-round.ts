import { isOfArm } from '../errors.ts';
import { type Figures, rotate } from '../rounds.ts';
import { type ArmLimits, type ArmProcess, type Sink, startArm } from './processes.ts';
import type { ArmSettings, CallFigures, SinkSettings } from './protocol.ts';
import { type ArmRun, figuresOf, warmUp } from './run-arm.ts';

/** What {@link runRound} works with. */
export interface RoundOptions {
  readonly arms: readonly string[];
  /** The events are those of one turn. */
  readonly settingsOf: (arm: string) => ArmSettings;
  readonly stream: SinkSettings;
  /** How often every arm sends the work. */
  readonly turns: number;
  /** Events that every arm sends before its first turn, for the compiler. */
  readonly warmUpEvents: number;
  /** Calls that are timed one by one after the turns. */
  readonly timedCalls: number;
  readonly limits: ArmLimits;
  /** Called before an arm warms up. */
  readonly onProgress: (arm: string) => void;
  readonly onFailure: (arm: string, message: string) => void;
}

/**
 * Events before every turn: during those of the others its data have left the caches, and V8 has
 * shrunk the young generation of a process that does nothing.
 */
const WARM_UP_OF_TURN = 10_000;

interface Contestant {
  readonly arm: string;
  readonly child: ArmProcess;
  readonly runs: ArmRun[];
  called?: CallFigures;
}

/**
 * Measures arms in turns, each in a process of its own that sends a part of its events when it is
 * its turn. What else is at work on a shared machine slows everything down by half for a second or
 * two: so it slows down all of them. An arm that fails is left out from then on.
 */
export async function runRound(
  sink: Sink,
  options: RoundOptions,
): Promise<ReadonlyMap<string, Figures>> {
  const { arms, settingsOf, stream, turns, warmUpEvents, timedCalls, limits, onProgress } = options;
  await using processes = new AsyncDisposableStack();
  const contestants: Contestant[] = [];
  const failed = new Set<string>();
  for (const arm of arms) {
    onProgress(arm);
    await orFail(arm, async () => {
      const child = processes.use(startArm(settingsOf(arm), sink, limits));
      await warmUp(sink, child, stream, warmUpEvents);
      contestants.push({ arm, child, runs: [] });
    });
  }
  for (let turn = 0; turn < turns; turn += 1) {
    for (const { arm, child, runs } of rotate(contestants, turn)) {
      await orFail(arm, async () => {
        await warmUp(sink, child, stream, WARM_UP_OF_TURN);
        await sink.reset(stream);
        child.ask({ kind: 'send' });
        const { figures: sent } = await child.next('sent');
        runs.push({ sent, report: await sink.report(sent.tracked) });
      });
    }
  }
  for (const contestant of timedCalls === 0 ? [] : contestants) {
    await orFail(contestant.arm, async () => {
      contestant.child.ask({ kind: 'call', calls: timedCalls });
      contestant.called = (await contestant.child.next('called')).figures;
    });
  }
  return new Map(
    contestants
      .filter(({ arm }) => !failed.has(arm))
      .map(({ arm, runs, called }) => [
        arm,
        { ...figuresOf(combine(runs)), ...(called && callFiguresOf(called)) },
      ]),
  );

  async function orFail(arm: string, run: () => Promise<void>): Promise<void> {
    if (failed.has(arm)) return;
    try {
      await run();
    } catch (error) {
      if (!isOfArm(error)) throw error;
      options.onFailure(arm, error.message);
      failed.add(arm);
    }
  }
}

function callFiguresOf(called: CallFigures): Figures {
  return { ...called, callByStringify: called.callMeanUs / called.stringifyMeanUs };
}

/** The turns of a process as one run. */
function combine(runs: readonly ArmRun[]): ArmRun {
  const sum = (of: (run: ArmRun) => number): number =>
    runs.reduce((total, run) => total + of(run), 0);
  const [last] = runs.slice(-1);
  if (last === undefined) throw new Error('there was no turn');
  const wallMs = sum(({ sent }) => sent.wallMs);
  return {
    sent: {
      ...last.sent,
      tracked: sum(({ sent }) => sent.tracked),
      failed: sum(({ sent }) => sent.failed),
      wallMs,
      cpuMs: sum(({ sent }) => sent.cpuMs),
      loopDelayP99Ms: sum(({ sent }) => sent.loopDelayP99Ms) / runs.length,
      peakRssBytes: Math.max(...runs.map(({ sent }) => sent.peakRssBytes)),
    },
    report: {
      ...last.report,
      confirmed: sum(({ report }) => report.confirmed),
      lost: sum(({ report }) => report.lost),
      duplicated: sum(({ report }) => report.duplicated),
      reordered: sum(({ report }) => report.reordered),
      strange: sum(({ report }) => report.strange),
      putUnits: sum(({ report }) => report.putUnits),
      onDemandBytes: sum(({ report }) => report.onDemandBytes),
      requests: sum(({ report }) => report.requests),
      records: sum(({ report }) => report.records),
      handshakes: sum(({ report }) => report.handshakes),
      load: sum(({ report, sent }) => report.load * sent.wallMs) / wallMs,
    },
  };
}
