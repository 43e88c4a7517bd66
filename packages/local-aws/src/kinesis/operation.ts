import type { Account } from './account.ts';
import type { Input } from './input.ts';

/** One operation of the API: answers a request's body at a moment, or throws a KinesisError. */
export type Operation = (account: Account, input: Input, nowMs: number) => object;
