import { type Summary, summarize } from './statistics.ts';

/** Figures of one process by the name of the case. */
export type Figures = Readonly<Record<string, number>>;

/** What {@link runRounds} works with. */
export interface RoundsOptions {
  /** What is compared. */
  readonly arms: readonly string[];
  readonly rounds: number;
  /** Measures one arm once, in a process of its own. */
  readonly run: (arm: string) => Promise<Figures>;
  /** Called before every process. */
  readonly onProgress: (arm: string, round: number) => void;
}

/** By arm and case. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, Summary>>;

/**
 * Measures every arm once a round, one after the other. The order rotates from round to round, so
 * that no arm is always the first on a cold or the last on a hot machine.
 */
export async function runRounds(options: RoundsOptions): Promise<Results> {
  const { arms, rounds, run, onProgress } = options;
  const samples = new Map<string, Map<string, number[]>>(arms.map((arm) => [arm, new Map()]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < arms.length; turn += 1) {
      const arm = arms[(round + turn) % arms.length] ?? '';
      onProgress(arm, round + 1);
      for (const [name, figure] of Object.entries(await run(arm))) {
        const cases = samples.get(arm);
        cases?.set(name, [...(cases.get(name) ?? []), figure]);
      }
    }
  }
  return new Map(
    [...samples].map(([arm, cases]) => [
      arm,
      new Map([...cases].map(([name, figures]) => [name, summarize(figures)])),
    ]),
  );
}
