import { align } from '../producer/align.ts';
import type { PipelineReport } from './report.ts';

const BAR = 40;

/** Events a second, then where the time goes: that of the clock, of the processors, of an event. */
export function formatReport(found: PipelineReport): string {
  const { setup, seconds, phases, cpuSeconds, waits } = found;
  const { cores } = setup;
  const all = Object.values(cpuSeconds).reduce((sum, spent) => sum + spent, 0);
  const stages = Object.entries(cpuSeconds).map(([stage, spent]) => [
    stage,
    spent.toFixed(2),
    `${((spent / all) * 100).toFixed(0)} %`,
    ((spent / setup.events) * 1e6).toFixed(0),
    ` ${'█'.repeat(Math.round((spent / all) * BAR))}`.padEnd(BAR),
  ]);
  const rows = Object.entries(waits).map(([wait, { p50, p99 }]) => [
    wait,
    p50.toFixed(0),
    p99.toFixed(0),
  ]);
  return [
    `${found.eventsPerSecond.toFixed(0)} events/s end to end, ${found.eventsPerSecondAtWork.toFixed(0)} while functions are at work: ${setup.events} events of ${setup.users} users in ${seconds.toFixed(1)} s, ${found.batches} batches of ${found.eventsPerBatch.toFixed(0)} events`,
    `${describeVariant(setup)}, Node ${setup.node}, ${cores} cores; ${((all / seconds / cores) * 100).toFixed(0)} % of their time used by it`,
    '',
    align([
      ['time', 's'],
      ['until the first batch is in a function', phases.first.toFixed(1)],
      ['functions at work', phases.atWork.toFixed(1)],
      ['none at work: batches wait to be full, up to 5 s', phases.waiting.toFixed(1)],
      ['all', seconds.toFixed(1)],
    ]),
    '',
    align([['processor time', 's', 'share', 'µs/event', ''], ...stages]),
    '',
    align([['waits, ms', 'p50', 'p99'], ...rows]),
    '',
    found.ok
      ? 'Every event was delivered and handled.'
      : `NOT every event: ${found.undelivered} undelivered, ${found.handled} of ${setup.events} handled.`,
    '',
  ].join('\n');
}

/** What was varied, in a few words. */
export function describeVariant({
  aggregate,
  limits,
}: Pick<PipelineReport['setup'], 'aggregate' | 'limits'>): string {
  return `${aggregate ? 'aggregated' : 'one event a record'}${limits ? ", Kinesis' limits" : ', no limits'}`;
}
