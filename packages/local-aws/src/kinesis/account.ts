import type { ControlPlane } from './control-plane.ts';
import { type Input, optionalString, required } from './input.ts';
import type { Journal } from './journal.ts';
import { KinesisError } from './kinesis-error.ts';
import type { KinesisLimits } from './limits.ts';
import { expireStream, type Stream } from './stream.ts';

const STREAM_NAME = /^[a-zA-Z0-9_.-]+$/;
const STREAM_ARN = /^arn:[^:]+:kinesis:[^:]*:\d{12}:stream\/([a-zA-Z0-9_.-]+)$/;

/** Everything a Kinesis endpoint holds for one account in one region. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
  readonly limits: KinesisLimits;
  readonly control: ControlPlane;
  /** How long a stream is CREATING or UPDATING before it is ACTIVE. */
  readonly statusDelayMs: number;
  readonly streams: Map<string, Stream>;
  /** Where every change is written down; undefined: nowhere. */
  readonly journal: Journal | undefined;
  /** Records put so far. */
  recordsAccepted: number;
}

/** The ARN that a stream of this name has. */
export function streamArn(account: Account, name: string): string {
  return `arn:aws:kinesis:${account.region}:${account.accountId}:stream/${name}`;
}

/** Reads a `StreamName` that must be there. */
export function requiredStreamName(input: Input): string {
  return required('StreamName', optionalStreamName(input));
}

function optionalStreamName(input: Input): string | undefined {
  return optionalString(input, 'StreamName', { max: 128, pattern: STREAM_NAME });
}

/** Finds the stream that the request names by `StreamName` or `StreamARN`; undefined: by neither. */
export function namedStream(account: Account, input: Input, nowMs: number): Stream | undefined {
  const name = optionalStreamName(input);
  const arn = optionalString(input, 'StreamARN', { max: 2048, pattern: STREAM_ARN });
  if (name === undefined && arn === undefined) return undefined;
  if (name !== undefined && arn !== undefined && arn !== streamArn(account, name)) {
    throw new KinesisError(
      'InvalidArgumentException',
      'StreamARN and StreamName name different streams.',
    );
  }
  const wanted = name ?? STREAM_ARN.exec(arn ?? '')?.[1] ?? '';
  const stream = account.streams.get(wanted);
  if (stream === undefined || (arn !== undefined && arn !== stream.arn)) {
    throw streamNotFound(account, wanted);
  }
  expireStream(stream, nowMs);
  return stream;
}

/** The error for a stream that does not exist. */
export function streamNotFound(account: Account, name: string): KinesisError {
  return new KinesisError(
    'ResourceNotFoundException',
    `Stream ${name} under account ${account.accountId} not found.`,
  );
}

/** Finds the stream that the request must name. */
export function requiredStream(account: Account, input: Input, nowMs: number): Stream {
  const stream = namedStream(account, input, nowMs);
  if (stream === undefined) {
    throw new KinesisError(
      'InvalidArgumentException',
      'Either StreamName or StreamARN must be specified.',
    );
  }
  return stream;
}

/** Like `requiredStream`, for operations that AWS refuses while a stream changes. */
export function requiredActiveStream(account: Account, input: Input, nowMs: number): Stream {
  const stream = requiredStream(account, input, nowMs);
  const status = streamStatus(stream, nowMs);
  if (status !== 'ACTIVE') {
    throw new KinesisError(
      'ResourceInUseException',
      `Stream ${stream.name} under account ${stream.accountId} not ACTIVE, instead in state ${status}`,
    );
  }
  return stream;
}

/** What the stream is busy with. */
export function streamStatus(stream: Stream, nowMs: number): 'CREATING' | 'UPDATING' | 'ACTIVE' {
  return nowMs < stream.busyUntilMs ? stream.busyWith : 'ACTIVE';
}

/** Begins a change that leaves the stream busy for the account's `statusDelayMs`. */
export function beginUpdate(account: Account, stream: Stream, nowMs: number): void {
  stream.busyWith = 'UPDATING';
  stream.busyUntilMs = nowMs + account.statusDelayMs;
}
