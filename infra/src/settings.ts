import type { Node } from 'constructs';

/** What can be set from outside, with `cdk deploy --context name=value` or in `cdk.json`. */
export interface Settings {
  /**
   * Shards of the event stream, 1 to 500. Default 2: 2 MB/s and 2,000 records/s of writes, and,
   * with two lanes a shard, four concurrent functions.
   */
  readonly shardCount: number;
  /**
   * How long the stream keeps a record, in hours, 24 to 8,760. Default 72.
   *
   * A batch that the mapping gave up on leaves only a pointer into the stream behind, so this is
   * the time in which somebody can still save its records: with 24 hours, what breaks on Friday
   * evening is gone on Saturday evening. Three days are a weekend and a working morning. AWS charges for
   * more than 24 hours by the shard and hour, at one price up to 168 hours.
   * https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html
   */
  readonly retentionHours: number;
  /** Who gets the alarms by e-mail. Default nobody: the alarms exist, and notify no one. */
  readonly alarmEmail: string | undefined;
}

/** A context value that cannot be used. The message names it and says what is expected. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'invalid_context';
}

/**
 * Reads the settings from the CDK context.
 *
 * @throws {SettingsError} for a value of the wrong type or out of range
 */
export function readSettings(node: Node): Settings {
  return {
    shardCount: wholeNumber(node, 'shardCount', { default: 2, min: 1, max: 500 }),
    retentionHours: wholeNumber(node, 'retentionHours', { default: 72, min: 24, max: 8760 }),
    alarmEmail: email(node, 'alarmEmail'),
  };
}

function wholeNumber(
  node: Node,
  name: string,
  range: { readonly default: number; readonly min: number; readonly max: number },
): number {
  const value: unknown = node.tryGetContext(name) ?? range.default;
  // On the command line every context value is a string.
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (!isWholeNumber(number) || number < range.min || number > range.max) {
    throw invalid(name, `a whole number from ${range.min} to ${range.max}`, value);
  }
  return number;
}

function isWholeNumber(value: unknown): value is number {
  return Number.isInteger(value);
}

function email(node: Node, name: string): string | undefined {
  const value: unknown = node.tryGetContext(name) ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^[^@\s]+@[^@\s]+$/.test(value)) {
    throw invalid(name, 'an e-mail address', value);
  }
  return value;
}

function invalid(name: string, expected: string, received: unknown): SettingsError {
  return new SettingsError(
    `Context "${name}" must be ${expected}, not ${JSON.stringify(received)}. ` +
      `Set it in infra/cdk.json or with --context ${name}=…`,
  );
}
