import type { SmallestFailure } from './command.ts';
import type { Exploration } from './explore.ts';
import type { Catch } from './hunt.ts';

const number = (value: number): string => value.toLocaleString('en-US');
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** The figures of many seeds, for people. */
export function formatExploration(exploration: Exploration, wallMs: number): string {
  const { seeds, events, records, applied, quarantined, faults, happenings, virtualMs, failures } =
    exploration;
  const hours = (virtualMs / 3_600_000).toFixed(1);
  const violations = failures.reduce((sum, { violations: found }) => sum + found.length, 0);
  const failing =
    failures.length === 0 ? '' : `, seeds ${failures.map(({ seed }) => seed).join(', ')}`;
  return `
Simulation
  schedules    ${number(seeds).padStart(11)}
  events       ${number(events).padStart(11)}  tracked
  records      ${number(records).padStart(11)}  in the streams, repetitions and poison included
  applied      ${number(applied).padStart(11)}
  quarantined  ${number(quarantined).padStart(11)}
  faults       ${number(faults).padStart(11)}  of ${Object.keys(happenings).length} kinds
  violations   ${number(violations).padStart(11)}${failing}

${hours} hours of virtual time in ${seconds(wallMs)}.
${violations === 0 ? 'The delivery contract held in every run.' : 'The delivery contract was broken.'}
`;
}

/** The smallest failure, with what led to it. */
export function formatFailure(failure: SmallestFailure): string {
  const { schedule, violations, trace, replay, tries, isMinimal } = failure;
  const search = isMinimal
    ? 'nothing of it can be left out'
    : 'the search was cut short, so there may be a shorter one';
  return `
The shortest schedule found that fails (${number(tries)} tried; ${search}):

${JSON.stringify(schedule, null, 2)}

What happens (ms of virtual time):

${trace.join('\n')}

${violations.map(({ rule, message }) => `${rule}: ${message}`).join('\n')}

To run it again:

  ${replay}
`;
}

/** Which mutants were found, and by which seeds. */
export function formatCatches(catches: readonly Catch[], wallMs: number): string {
  const width = Math.max(...catches.map(({ mutant }) => mutant.length));
  const lines = catches.map(({ mutant, seed, violation }) =>
    seed === undefined
      ? `  ${mutant.padEnd(width)}  NOT FOUND`
      : `  ${mutant.padEnd(width)}  seed ${String(seed).padEnd(4)} ${violation?.rule}: ${violation?.message}`,
  );
  const found = catches.filter(({ seed }) => seed !== undefined);
  const replays = found.map(({ replay }) => `  ${replay}\n`);
  return `
${lines.join('\n')}

${found.length} of ${catches.length} mutants found in ${seconds(wallMs)}.
${replays.length === 0 ? '' : `\nTo run them again, each with the shortest schedule that finds it:\n\n${replays.join('')}`}`;
}
