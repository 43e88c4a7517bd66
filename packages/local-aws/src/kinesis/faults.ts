import type { Input } from './input.ts';
import { KinesisError } from './kinesis-error.ts';
import type { RecordErrorCode, RecordFault } from './put-operations.ts';

/** A request, as the fault hook sees it before it is served. */
export interface KinesisRequest {
  readonly operation: string;
  readonly input: Input;
}

/** What shall go wrong with one request. `delayMs` holds it up first, and may come alone. */
export type KinesisFault = {
  /** How long the request waits before anything else happens. Default 0. */
  readonly delayMs?: number;
} & (
  | { readonly kind: 'delay' }
  | {
      /** PutRecords: these records fail, the others are taken. */
      readonly kind: 'records';
      /** Which: positions in the request, or a share from 0 to 1 drawn at random. */
      readonly fail: readonly number[] | number;
      /** Default `InternalFailure`. */
      readonly errorCode?: RecordErrorCode;
    }
  /** Nothing is done; the answer is HTTP 500 InternalFailure. */
  | { readonly kind: 'http_500' }
  /** Nothing is done; the answer is ProvisionedThroughputExceededException. */
  | { readonly kind: 'throttle' }
  /** Nothing is done; the connection is torn down. */
  | { readonly kind: 'reset' }
  /** Nothing is done; no answer ever comes. */
  | { readonly kind: 'hang' }
  /** The request takes effect twice, as when something on the way repeats it; the first answer. */
  | { readonly kind: 'twice' }
  /** The request takes effect; the connection is torn down instead of an answer. */
  | { readonly kind: 'commit_then_reset' }
  /** The request takes effect; no answer ever comes. */
  | { readonly kind: 'commit_then_hang' }
);

/** Asked before each request is served; undefined: let it pass. */
export type KinesisFaultHook = (request: KinesisRequest) => KinesisFault | undefined;

/** Turns a `records` fault into a decision per record. */
export function recordFault(
  fault: Extract<KinesisFault, { kind: 'records' }>,
  random: () => number,
): RecordFault {
  const { fail, errorCode = 'InternalFailure' } = fault;
  if (typeof fail === 'number') return () => (random() < fail ? errorCode : undefined);
  const failing = new Set(fail);
  return (index) => (failing.has(index) ? errorCode : undefined);
}

/**
 * What happens to a request that a fault keeps from being served; undefined: it is served.
 *
 * @throws KinesisError for the faults that answer with an error.
 */
export function insteadOfServing({ kind }: KinesisFault): 'reset' | 'hang' | undefined {
  if (kind === 'http_500') throw new KinesisError('InternalFailure', 'Internal service failure.');
  if (kind === 'throttle') {
    throw new KinesisError('ProvisionedThroughputExceededException', 'Rate exceeded.');
  }
  return kind === 'reset' || kind === 'hang' ? kind : undefined;
}
