import { planSchedule } from './plan-schedule.ts';
import { simulate } from './simulate.ts';
import { SimulatorError } from './simulator-error.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * Runs a small schedule until two runs in a row are the same. The AWS SDK looks for files when its
 * first clients are used, and remembers what it found: after that nothing waits for the outside.
 * @throws {SimulatorError} `worker_failed` when the runs go on to differ
 */
export async function warmUp(time: VirtualTime): Promise<void> {
  const schedule = planSchedule(1);
  const workload = { ...schedule.workload, events: 40, foreign: 6 };
  let previous = '';
  for (let run = 1; run <= 5; run += 1) {
    const { digest } = await simulate({ ...schedule, workload }, time);
    if (digest === previous) return;
    previous = digest;
  }
  throw new SimulatorError(
    'worker_failed',
    'The same schedule runs differently each time: something in the pipeline uses a clock, a timer or a source of chance that is not simulated.',
  );
}
