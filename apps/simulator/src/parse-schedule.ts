import { planSchedule } from './plan-schedule.ts';
import { channels, invocationFaults, requestFaults, type Schedule } from './schedule.ts';
import { SimulatorError } from './simulator-error.ts';

/**
 * Reads a schedule from JSON, as a failing seed prints it.
 * @throws {SimulatorError} `invalid_option`, naming what is wrong
 */
export function parseSchedule(text: string): Schedule {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SimulatorError('invalid_option', 'The schedule is not JSON.', { cause });
  }
  assertLike(value, planSchedule(0), 'the schedule');
  const { only = [], onlyForeign = [] } = value.workload;
  assertIndices(only, 'only');
  assertIndices(onlyForeign, 'onlyForeign');
  for (const [index, fault] of value.faults.entries()) assertFault(fault, index);
  return value;
}

/** Has everything that another schedule has, of the same types. */
function assertLike(value: unknown, model: Schedule, path: string): asserts value is Schedule {
  compare(value, model, path);
}

function compare(value: unknown, model: unknown, path: string): void {
  if (Array.isArray(model)) {
    if (!Array.isArray(value)) throw wrong(path, 'a list');
    return;
  }
  if (typeof model !== 'object' || model === null) {
    if (typeof value !== typeof model) throw wrong(path, `a ${typeof model}`);
    return;
  }
  if (typeof value !== 'object' || value === null) throw wrong(path, 'an object');
  const fields: Readonly<Record<string, unknown>> = { ...value };
  for (const [name, field] of Object.entries(model))
    compare(fields[name], field, `${path}.${name}`);
}

function assertIndices(indices: unknown, name: string): void {
  const isList = Array.isArray(indices) && indices.every((index) => Number.isInteger(index));
  if (!isList) throw wrong(`workload.${name}`, 'a list of whole numbers');
}

function assertFault(fault: Schedule['faults'][number], index: number): void {
  const path = `faults[${index}]`;
  const kinds: readonly string[] =
    fault.on === 'clock'
      ? ['split', 'merge', 'restart_mapping', 'kill_mapping', 'set_clock']
      : fault.on === 'processor' || fault.on === 'dlq_handler'
        ? invocationFaults
        : channels.includes(fault.on)
          ? requestFaults
          : [];
  if (!kinds.includes(fault.kind)) throw wrong(path, `of a kind that ${fault.on} has`);
  const at = fault.on === 'clock' ? fault.atMs : fault.nth;
  if (!Number.isInteger(at)) throw wrong(path, 'at a time (atMs) or a request (nth)');
}

function wrong(path: string, expected: string): SimulatorError {
  return new SimulatorError('invalid_option', `In the schedule, ${path} must be ${expected}.`);
}
