import { ProcessorError } from './errors.ts';

/** What the stack tells the function. */
export interface Environment {
  readonly eventsTable: string;
  readonly countersTable: string;
  readonly deadLetterQueueUrl: string;
  readonly quarantineBucket: string;
}

/** @throws ProcessorError `missing_variable`, naming all that are missing or empty. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const missing: string[] = [];
  const read = (name: string): string => {
    const value = variables[name];
    if (!value) missing.push(name);
    return value ?? '';
  };
  const environment = {
    eventsTable: read('EVENTS_TABLE'),
    countersTable: read('COUNTERS_TABLE'),
    deadLetterQueueUrl: read('DEAD_LETTER_QUEUE_URL'),
    quarantineBucket: read('QUARANTINE_BUCKET'),
  };
  if (missing.length > 0) {
    const names = missing.join(', ');
    const message = `The function's environment lacks ${names}: set it where the function is defined`;
    throw new ProcessorError('missing_variable', message);
  }
  return environment;
}
