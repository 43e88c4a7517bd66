import { findMutant } from './mutants.ts';
import { mutateOnLoad } from './mutate-on-load.ts';
import { installVirtualTime } from './virtual-time.ts';
import type { Question, Reply } from './worker-protocol.ts';

/**
 * A process that simulates. The order is what matters: first the bug, if there is to be one, then
 * the clock, and only then the code that is to live with both.
 */
const [mutantName] = process.argv.slice(2);
const isLoaded = mutantName === undefined ? () => true : mutateOnLoad(findMutant(mutantName));
const time = installVirtualTime();
const { planSchedule } = await import('./plan-schedule.ts');
const { simulate } = await import('./simulate.ts');
const { warmUp } = await import('./warm-up.ts');
await warmUp(time);
if (!isLoaded()) throw new Error(`Nothing loads the file of the mutant ${mutantName}.`);

const reply = (message: Reply): void => void process.send?.(message);

process.on('message', (question: Question) => {
  const isSeed = question.kind === 'seed';
  const schedule = isSeed ? planSchedule(question.seed) : question.schedule;
  void simulate(schedule, time, { keepTrace: !isSeed && question.keepTrace }).then((result) =>
    reply({ kind: 'result', result }),
  );
});
// The parent is gone.
process.on('disconnect', () => process.exit());
reply({ kind: 'ready' });
