const ROW = 30;
const TOP = 58;
const WIDTH = 900;

/** One bar, and the range of its rounds if there were several. */
export interface Bar {
  readonly value: number;
  readonly range?: { readonly min: number; readonly max: number };
}

/** Bars of one figure, side by side with those of others. */
interface Panel {
  readonly title: string;
  /** Where it begins and how wide its longest bar is, in units of the drawing, which has 900. */
  readonly left: number;
  readonly width: number;
  readonly format: (value: number) => string;
  /** The value that is as wide as the panel, so that panels can share a scale. Default: the largest. */
  readonly most?: number;
  /** By row; a row without one stays empty. */
  readonly bars: ReadonlyMap<string, Bar>;
}

/** What is drawn: rows with a bar in each panel. */
export interface BarChart {
  /** For those who do not see it. */
  readonly label: string;
  readonly rows: readonly { readonly name: string; readonly kind: 'ours' | 'honest' | 'rival' }[];
  readonly panels: readonly Panel[];
  /** A line below. */
  readonly note: string;
}

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

/** Draws horizontal bars as SVG. */
export function drawBars({ label, rows, panels, note }: BarChart): string {
  const height = TOP + rows.length * ROW + 40;
  const labels = Math.min(...panels.map(({ left }) => left));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
  <style>${STYLE}
  </style>
${rows.map(({ name }, row) => text(labels - 12, middleOf(row) + 4.5, name, 'text-anchor="end"')).join('\n')}
${panels.map((panel) => drawPanel(panel, rows)).join('\n')}
${text(labels, height - 12, note, 'class="note"')}
</svg>
`;
}

function drawPanel(panel: Panel, rows: BarChart['rows']): string {
  const { title, left, width, format, bars } = panel;
  const largest = Math.max(...[...bars.values()].map(({ value, range }) => range?.max ?? value));
  const most = panel.most ?? largest;
  const scale = (value: number): number => round((value / most) * width);
  return [
    text(left, 28, title, 'class="title"'),
    ...rows.flatMap(({ name, kind }, row) => {
      const bar = bars.get(name);
      if (bar === undefined) return [];
      const y = middleOf(row);
      const { value, range } = bar;
      const end = Math.max(value, range?.max ?? value);
      return [
        `  <rect class="${kind}" x="${left}" y="${y - 9}" width="${scale(value)}" height="18" rx="2"/>`,
        ...(range
          ? [
              `  <path class="range" d="M${left + scale(range.min)} ${y}H${left + scale(range.max)}"/>`,
            ]
          : []),
        text(left + scale(end) + 8, y + 4.5, format(value)),
      ];
    }),
  ].join('\n');
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
