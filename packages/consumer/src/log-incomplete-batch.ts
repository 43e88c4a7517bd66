import { inspect } from 'node:util';
import type { IncompleteBatch, TransientFailure } from './failures.ts';

/**
 * The default of `onIncomplete`: one line of JSON on stderr, which Lambda sends to CloudWatch. Not
 * through `console`, around whose text Lambda puts its own, so that the line would not be JSON, or
 * be a JSON string in JSON.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function logIncompleteBatch(batch: IncompleteBatch): void {
  process.stderr.write(`${JSON.stringify(describeIncompleteBatch(batch, new Date()))}\n`);
}

/** What the person on call needs to know. Holds no payload and no user id. */
function describeIncompleteBatch(batch: IncompleteBatch, now: Date): Record<string, unknown> {
  const { failures, ...position } = batch;
  const [first] = failures;
  return {
    timestamp: now.toISOString(),
    level: 'error',
    message: `${summaryOf(batch)}: ${batch.redelivered} of ${batch.batchSize} records will be delivered again`,
    next:
      `Lambda delivers the shard's records from ${batch.firstUnfinished} on again; when the ` +
      `mapping's retries or maximum age run out, their range goes to its on-failure destination`,
    ...position,
    oldestArrivedAt: new Date(batch.oldestArrivedAtMs).toISOString(),
    failureCount: failures.length,
    ...(first && { failure: describeFailure(first) }),
  };
}

function summaryOf({ reason, failures: [first] }: IncompleteBatch): string {
  if (!first) return 'Out of time';
  const what = { handler: 'A handler', commit: 'commit', permanent_failure: 'onPermanentFailure' };
  return reason === 'deadline'
    ? `${what[first.stage]} had not settled when time ran out`
    : `${what[first.stage]} failed`;
}

function describeFailure({ stage, error, record, eventId, eventType }: TransientFailure): unknown {
  const { sequenceNumber, subsequenceNumber } = record;
  return { stage, sequenceNumber, subsequenceNumber, eventId, eventType, error: plain(error) };
}

/** An error as JSON; `depth` bounds a chain of causes, which may be a circle. */
function plain(error: unknown, depth = 3): unknown {
  if (typeof error === 'string') return error;
  // What an object holds may be the payload.
  if (!(error instanceof Error)) return inspect(error, { depth: -1 });
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  return {
    name,
    message,
    ...(typeof code === 'string' && { code }),
    stack,
    ...(cause !== undefined && depth > 0 && { cause: plain(cause, depth - 1) }),
  };
}
