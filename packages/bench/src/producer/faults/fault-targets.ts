import { summarize } from '../../statistics.ts';
import { OURS, OURS_AGGREGATED } from '../arms.ts';
import type { TargetReport } from '../targets.ts';
import type { ScenarioReport } from './run-faults.ts';
import { HOT_SHARD, STEADY } from './scenarios.ts';

type Scenarios = Readonly<Record<string, ScenarioReport>>;

/**
 * Whatever happens, nothing is lost or out of order and the process comes to its end; beside a hot
 * shard the others take twice as long at most.
 */
export function checkFaultTargets(found: Scenarios): readonly TargetReport[] {
  const measured = [OURS, OURS_AGGREGATED].filter((arm) =>
    Object.values(found).some(({ arms }) => arms[arm] !== undefined),
  );
  return measured.flatMap((arm) => [
    ...Object.keys(found).flatMap((scenario) =>
      (['lost', 'reordered'] as const).map((figure) =>
        target(`${scenario}: ${arm} ${figure}`, 0, found[scenario]?.arms[arm]?.[figure]),
      ),
    ),
    target(
      `every fault: ${arm} runs that did not end`,
      0,
      Object.values(found).filter(({ arms }) => arms[arm]?.failure !== undefined).length,
    ),
    target(
      `${HOT_SHARD}: ${arm} p99 of the other shards ÷ ${STEADY}`,
      2,
      ratio(
        found[HOT_SHARD]?.arms[arm]?.otherShardsP99Ms,
        found[STEADY]?.arms[arm]?.otherShardsP99Ms,
      ),
    ),
  ]);
}

function target(name: string, atMost: number, figure: number | undefined): TargetReport {
  if (figure === undefined) return { name, atMost, reached: 'not measured' };
  return { name, atMost, found: summarize([figure]), reached: figure <= atMost };
}

function ratio(ours: number | undefined, theirs: number | undefined): number | undefined {
  return ours === undefined || theirs === undefined ? undefined : ours / theirs;
}
