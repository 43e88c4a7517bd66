import type { Fault, Schedule } from '../src/schedule.ts';
import { eventsOf, foreignOf, smallerNumbers } from '../src/simpler.ts';

/** Every schedule that is smaller by one thing: a fault, an event, a poison record, or 1 in a number. */
export function* withoutOne(schedule: Schedule): Generator<Schedule> {
  const { faults, workload } = schedule;
  for (const [at, fault] of faults.entries()) {
    yield { ...schedule, faults: faults.toSpliced(at, 1) };
    for (const less of withOneLess(fault)) yield { ...schedule, faults: faults.with(at, less) };
  }
  const events = eventsOf(schedule);
  for (const at of events.keys()) {
    yield { ...schedule, workload: { ...workload, only: events.toSpliced(at, 1) } };
  }
  const foreign = foreignOf(schedule);
  for (const at of foreign.keys()) {
    yield { ...schedule, workload: { ...workload, onlyForeign: foreign.toSpliced(at, 1) } };
  }
  for (const { of, set, smallest } of smallerNumbers) {
    const less = Math.max(smallest(schedule), of(schedule) - 1);
    if (less < of(schedule)) yield set(schedule, less);
  }
}

function* withOneLess(fault: Fault): Generator<Fault> {
  if (fault.on === 'clock') {
    if (fault.atMs > 0) yield { ...fault, atMs: fault.atMs - 1 };
    return;
  }
  if (fault.nth > 1) yield { ...fault, nth: fault.nth - 1 };
  if (fault.times !== undefined && fault.times > 1) yield { ...fault, times: fault.times - 1 };
  if (fault.ms !== undefined && fault.ms > 0) yield { ...fault, ms: fault.ms - 1 };
}
