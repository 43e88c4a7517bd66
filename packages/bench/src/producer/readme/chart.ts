import type { Summary } from '../../statistics.ts';
import { CEILING, HONEST_RIVAL, OURS, OURS_AGGREGATED } from '../arms.ts';
import type { ProducerReport } from '../report.ts';

const ROW = 30;
const TOP = 58;
const LABELS = 232;
const WIDTH = 900;

interface Panel {
  readonly title: string;
  readonly figure: string;
  readonly left: number;
  readonly width: number;
  readonly format: (value: number) => string;
}

const PANELS: readonly Panel[] = [
  {
    title: 'Confirmed events per second (more is better)',
    figure: 'eventsPerSecond',
    left: LABELS,
    width: 300,
    format: (value) => Math.round(value).toLocaleString('en-US'),
  },
  {
    title: 'CPU µs per event (less is better)',
    figure: 'cpuUsPerEvent',
    left: LABELS + 388,
    width: 200,
    format: (value) => value.toFixed(1),
  },
];

/** Grey text and the colours of the bars are readable on white and on black, and exact on both. */
const STYLE = `
    text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #3d444d }
    .title { font-weight: 600 }
    .note { font-size: 12px; fill: #59636e }
    .ours { fill: #1a7f64 }
    .rival { fill: #9aa4af }
    .honest { fill: #5b7fb5 }
    .range { stroke: #3d444d; stroke-width: 1.5 }
    @media (prefers-color-scheme: dark) {
      text { fill: #d1d7e0 }
      .note { fill: #9198a1 }
      .ours { fill: #3fb68f }
      .rival { fill: #5c6670 }
      .honest { fill: #6f94cc }
      .range { stroke: #d1d7e0 }
    }`;

/**
 * Bars by arm, the fastest first, each with the range of its rounds. The ceiling has no bar: it would
 * only make the others short.
 */
export function drawChart({ arms, setup }: ProducerReport): string {
  const names = Object.keys(arms)
    .filter((name) => name !== CEILING && arms[name]?.figures['eventsPerSecond'] !== undefined)
    .toSorted((a, b) => medianOf(b) - medianOf(a));
  const height = TOP + names.length * ROW + 40;
  const note = `Medians and ranges of ${setup.rounds} rounds of ${setup.events.toLocaleString('en-US')} events, Node ${setup.node}, ${setup.cores} cores.${ceilingNote()}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Events per second and CPU per event, by producer">
  <style>${STYLE}
  </style>
${names.map((name, row) => text(LABELS - 12, middleOf(row) + 4.5, name, 'text-anchor="end"')).join('\n')}
${PANELS.map((panel) => drawPanel(panel, names)).join('\n')}
${text(LABELS, height - 12, note, 'class="note"')}
</svg>
`;

  function ceilingNote(): string {
    const ceiling = medianOf(CEILING);
    return ceiling === 0 ? '' : ` The sink takes ${Math.round(ceiling).toLocaleString('en-US')}.`;
  }

  function medianOf(name: string): number {
    return arms[name]?.figures['eventsPerSecond']?.median ?? 0;
  }

  function drawPanel({ title, figure, left, width, format }: Panel, shown: string[]): string {
    const most = Math.max(...shown.map((name) => arms[name]?.figures[figure]?.max ?? 0));
    const scale = (value: number): number => (value / most) * width;
    return [
      text(left, 28, title, 'class="title"'),
      ...shown.map((name, row) => {
        const summary = arms[name]?.figures[figure];
        return summary === undefined ? '' : drawBar(name, row, left, summary, scale, format);
      }),
    ].join('\n');
  }
}

function drawBar(
  name: string,
  row: number,
  left: number,
  { median, min, max }: Summary,
  scale: (value: number) => number,
  format: (value: number) => string,
): string {
  const y = middleOf(row);
  const [width, from, to] = [median, min, max].map((value) => round(scale(value)));
  return [
    `  <rect class="${classOf(name)}" x="${left}" y="${y - 9}" width="${width}" height="18" rx="2"/>`,
    `  <path class="range" d="M${left + (from ?? 0)} ${y}H${left + (to ?? 0)}"/>`,
    text(left + Math.max(to ?? 0, width ?? 0) + 8, y + 4.5, format(median)),
  ].join('\n');
}

function classOf(name: string): string {
  if (name === OURS || name === OURS_AGGREGATED) return 'ours';
  return name === HONEST_RIVAL ? 'honest' : 'rival';
}

function middleOf(row: number): number {
  return TOP + row * ROW + ROW / 2 - 4;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `  <text x="${round(x)}" y="${round(y)}"${attributes && ` ${attributes}`}>${content}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
