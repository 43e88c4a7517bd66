import { type Bar, drawBars } from '../../readme/bar-chart.ts';
import { CEILING, HONEST_RIVAL, OURS, OURS_AGGREGATED } from '../arms.ts';
import type { ProducerReport } from '../report.ts';

const LABELS = 232;

/**
 * Bars by arm, the fastest first, each with the range of its rounds. The ceiling has no bar: it would
 * only make the others short.
 */
export function drawChart({ arms, setup }: ProducerReport): string {
  const names = Object.keys(arms)
    .filter((name) => name !== CEILING && arms[name]?.figures['eventsPerSecond'] !== undefined)
    .toSorted((a, b) => medianOf(b) - medianOf(a));
  return drawBars({
    label: 'Events per second and CPU per event, by producer',
    rows: names.map((name) => ({ name, kind: kindOf(name) })),
    panels: [
      {
        title: 'Confirmed events per second (more is better)',
        left: LABELS,
        width: 300,
        format: (value) => Math.round(value).toLocaleString('en-US'),
        bars: barsOf('eventsPerSecond'),
      },
      {
        title: 'CPU µs per event (less is better)',
        left: LABELS + 388,
        width: 200,
        format: (value) => value.toFixed(1),
        bars: barsOf('cpuUsPerEvent'),
      },
    ],
    note: `Medians and ranges of ${setup.rounds} rounds of ${setup.events.toLocaleString('en-US')} events, Node ${setup.node}, ${setup.cores} cores.${ceilingNote()}`,
  });

  function barsOf(figure: string): ReadonlyMap<string, Bar> {
    return new Map(
      names.flatMap((name) => {
        const summary = arms[name]?.figures[figure];
        return summary ? [[name, { value: summary.median, range: summary }]] : [];
      }),
    );
  }

  function ceilingNote(): string {
    const ceiling = medianOf(CEILING);
    return ceiling === 0 ? '' : ` The sink takes ${Math.round(ceiling).toLocaleString('en-US')}.`;
  }

  function medianOf(name: string): number {
    return arms[name]?.figures['eventsPerSecond']?.median ?? 0;
  }
}

function kindOf(name: string): 'ours' | 'honest' | 'rival' {
  if (name === OURS || name === OURS_AGGREGATED) return 'ours';
  return name === HONEST_RIVAL ? 'honest' : 'rival';
}
