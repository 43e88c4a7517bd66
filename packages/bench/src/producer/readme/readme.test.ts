import { expect, test } from 'vitest';
import { summarize } from '../../statistics.ts';
import { CEILING, HONEST_RIVAL, OURS } from '../arms.ts';
import { faultsReport, report, setupOf } from '../report.ts';
import { drawChart } from './chart.ts';
import { faultsTable, speedTable } from './tables.ts';

const work = { rounds: 3, events: 1_000, users: 10, warmUp: 0, timedCalls: 0 };
const setup = { ...setupOf({ seed: 'test', shards: 4, versions: { rival: '1.2.3' } }), ...work };

function figures(eventsPerSecond: number) {
  return new Map([
    ['eventsPerSecond', summarize([eventsPerSecond - 10, eventsPerSecond, eventsPerSecond + 10])],
    ['cpuUsPerEvent', summarize([5])],
  ]);
}

const found = report(
  new Map([
    [HONEST_RIVAL, figures(1_000)],
    [OURS, figures(2_000)],
    ['sdk-default', new Map()],
    [CEILING, figures(9_000)],
  ]),
  new Map([['sdk-default', ['sdk-default was not done after 60 s.']]]),
  setup,
);

test('the chart has a bar per arm that came to its end, the fastest first and twice as long', () => {
  const svg = drawChart(found);
  const bars = [...svg.matchAll(/<rect class="(\w+)".* width="([\d.]+)"/g)].slice(0, 2);
  expect(bars.map(([, name]) => name)).toEqual(['ours', 'honest']);
  expect(Number(bars[0]?.[2]) / Number(bars[1]?.[2])).toBeCloseTo(2, 2);
  expect(svg).toContain('prefers-color-scheme: dark');
  expect(svg).not.toContain('sdk-default');
  expect(svg).toContain('The sink takes 9,000.');
  expect(svg.match(/<rect/g)).toHaveLength(4);
});

test('the table says the ratio, and which arm did not end', () => {
  const table = speedTable(found);
  expect(table).toContain('| `ours` | 2,000 | 2.00× | 5.0 |');
  expect(table).toContain('| `sdk-default` | did not end | – |');
  expect(table).toContain('rival 1.2.3');
});

test('the table of faults says what was lost and reordered', () => {
  const lossy = { lost: 1_234, duplicated: 0, reordered: 5 };
  const scenarios = { outage: { what: 'cut', events: 9, arms: { [OURS]: lossy } } };
  expect(faultsTable(faultsReport(scenarios, setup))).toContain('| `ours` | 1,234 / 5 |');
});
