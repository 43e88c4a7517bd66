import { fileURLToPath } from 'node:url';
import { type Child, startChild } from '../child-process.ts';
import { type Figures, type Results, rotate, Samples } from '../rounds.ts';
import type { ArmMessage, Cost } from './arm-process.ts';

/** What {@link runTurns} works with. */
export interface TurnsOptions {
  readonly arms: readonly string[];
  readonly rounds: number;
  readonly records: number;
  readonly users: number;
  /** Of every process. */
  readonly batches: number;
  /** Options of Node for the process of an arm. */
  readonly nodeArgs: (arm: string) => readonly string[];
  /** Called before every process. */
  readonly onProgress: (arm: string, round: number) => void;
}

/** A slow arm gets no more batches after that. */
const LIMIT_MS = 4_000;

/**
 * Measures batches, each arm in a process of its own and the processes in turns, a batch each. What
 * else is at work on a shared machine slows everything down by half for a second or two: so it slows
 * down all of them.
 */
export async function runTurns(options: TurnsOptions): Promise<Results> {
  const { arms, rounds } = options;
  const samples = new Samples(arms);
  for (let round = 0; round < rounds; round += 1) {
    for (const [arm, figures] of await runRound(rotate(arms, round), round, options)) {
      samples.add(arm, figures);
    }
  }
  return samples.summarize();
}

interface Contestant {
  readonly arm: string;
  readonly child: Child<ArmMessage>;
  readonly firstBatchMs: number;
  readonly costs: Cost[];
  spentMs: number;
}

async function runRound(
  arms: readonly string[],
  round: number,
  { records, users, batches, nodeArgs, onProgress }: TurnsOptions,
): Promise<ReadonlyMap<string, Figures>> {
  const script = fileURLToPath(import.meta.resolve('./arm-process.ts'));
  const contestants: Contestant[] = [];
  await using processes = new AsyncDisposableStack();
  for (const arm of arms) {
    onProgress(arm, round + 1);
    const args = [arm, String(records), String(users)];
    const child = processes.use(
      startChild<ArmMessage>(arm, script, args, { nodeArgs: ['--expose-gc', ...nodeArgs(arm)] }),
    );
    const { firstBatchMs } = await child.next('warm');
    contestants.push({ arm, child, firstBatchMs, costs: [], spentMs: 0 });
  }
  for (let batch = 0; batch < batches; batch += 1) {
    for (const contestant of rotate(contestants, batch)) {
      if (contestant.spentMs > LIMIT_MS) continue;
      contestant.child.send('go on');
      const cost = await contestant.child.next('batch');
      contestant.costs.push(cost);
      contestant.spentMs += cost.wallMs;
    }
  }
  return new Map(contestants.map((contestant) => [contestant.arm, figuresOf(contestant)]));
}

/** Means: a collection that one batch in ten meets is a part of the price of all. */
function figuresOf({ firstBatchMs, costs }: Contestant): Figures {
  const mean = (of: (cost: Cost) => number): number =>
    costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length;
  return {
    cpuMs: mean(({ cpuMs }) => cpuMs),
    wallMs: mean(({ wallMs }) => wallMs),
    firstBatchMs,
    peakRssMiB: Math.max(...costs.map(({ peakRssMiB }) => peakRssMiB)),
  };
}
