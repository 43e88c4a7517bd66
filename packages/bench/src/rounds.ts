import { type Summary, summarize } from './statistics.ts';

/** Figures of one process by the name of the case. */
export type Figures = Readonly<Record<string, number>>;

/** What {@link runRounds} works with. */
export interface RoundsOptions<Arm extends string> {
  /** What is compared. */
  readonly arms: readonly Arm[];
  readonly rounds: number;
  /** Measures one arm once, in a process of its own. */
  readonly run: (arm: Arm) => Promise<Figures>;
  /** Called before every process. */
  readonly onProgress: (arm: Arm, round: number) => void;
}

/** By arm and case. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, Summary>>;

/**
 * Measures every arm once a round, one after the other. The order rotates from round to round, so
 * that no arm is always the first on a cold or the last on a hot machine.
 */
export async function runRounds<Arm extends string>(options: RoundsOptions<Arm>): Promise<Results> {
  const { arms, rounds, run, onProgress } = options;
  const samples = new Samples(arms);
  for (let round = 0; round < rounds; round += 1) {
    for (const arm of rotate(arms, round)) {
      onProgress(arm, round + 1);
      samples.add(arm, await run(arm));
    }
  }
  return samples.summarize();
}

/** The same from another one on. */
export function rotate<Item>(items: readonly Item[], by: number): readonly Item[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

/** The figures of all rounds. */
export class Samples {
  readonly #samples: ReadonlyMap<string, Map<string, number[]>>;

  constructor(arms: readonly string[]) {
    this.#samples = new Map(arms.map((arm) => [arm, new Map<string, number[]>()]));
  }

  add(arm: string, figures: Figures): void {
    const cases = this.#samples.get(arm);
    for (const [name, figure] of Object.entries(figures)) {
      cases?.set(name, [...(cases.get(name) ?? []), figure]);
    }
  }

  summarize(): Results {
    return new Map(
      [...this.#samples].map(([arm, cases]) => [
        arm,
        new Map([...cases].map(([name, figures]) => [name, summarize(figures)])),
      ]),
    );
  }
}
