import { expect, test } from 'vitest';
import { formatReport } from './format-report.ts';
import { pipelineChart, pipelineTable } from './readme.ts';
import { type Measured, report } from './report.ts';

const measured: Measured = {
  producer: { cpuSeconds: 0.1, startedAtMs: 1_000, seconds: 1, failed: 0, deliveryMs: [5, 9] },
  batches: [
    { events: 600, batchMs: 2_000, arrivalAgeMs: 2_500, eventAgeMs: 2_600, writtenAtMs: 5_000 },
    { events: 400, batchMs: 500, arrivalAgeMs: 5_700, eventAgeMs: 5_800, writtenAtMs: 10_500 },
  ],
  endedAtMs: 11_000,
  functions: [0.2, 0.1],
  services: { cpuSeconds: 0.6, byStage: { poller: 0.1, 'DynamoDB server': 0.2, idle: 0 } },
};
const options = { users: 10, aggregate: false, limits: false, json: false, chart: true };
const found = report({ ...options, events: 1_000 }, measured);

test('the parts of the time add up to the run, those of the processors to all of theirs', () => {
  expect(found).toMatchObject({ ok: true, seconds: 10, eventsPerSecond: 100 });
  expect(found.phases).toEqual({ first: 2, atWork: 2.5, waiting: 5.5 });
  expect(found.eventsPerSecondAtWork).toBe(400);
  expect(found.cpuSeconds['DynamoDB server']).toBeCloseTo(0.4);
  const all = Object.values(found.cpuSeconds).reduce((sum, spent) => sum + spent, 0);
  expect(all).toBeCloseTo(1);
});

test('an event that was not handled is said', () => {
  const lossy = report({ ...options, events: 2_000 }, measured);
  expect(lossy.ok).toBe(false);
  expect(formatReport(lossy)).toContain('NOT every event: 0 undelivered, 1000 of 2000 handled.');
});

test('the table has a column per run', () => {
  const table = pipelineTable([found, { ...found, setup: { ...found.setup, aggregate: true } }]);
  expect(table).toContain('|  | one event a record, no limits | aggregated, no limits |');
  expect(table).toContain('| events/s while functions are at work | 400 | 400 |');
});

test('the bars of both panels have one scale, and what took nothing has none', () => {
  const half = report({ ...options, events: 1_000 }, { ...measured, functions: [0.1, 0.05] });
  const svg = pipelineChart([half, found]);
  const widths = [...svg.matchAll(/class="ours" .*? width="([\d.]+)"/g)].map(([, width]) => width);
  const [, functionsOfHalf, , functions] = widths.map(Number);
  expect(functions).toBeCloseTo((functionsOfHalf ?? 0) * 2, 0);
  expect(svg).not.toContain('>idle<');
});
