import type { EventType } from './gen/registry.ts';

/** Plain JSON Schema (2020-12). */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** One reason why a value is not what its schema says. */
export interface ValidationIssue {
  /** JSON pointer (RFC 6901) to the value; `''` is the whole value. */
  readonly path: string;
  /** In words: `a string of at most 256 characters`. */
  readonly expected: string;
  /** In words, long values cut short: `a string of 300 characters`. */
  readonly received: string;
}

/** All that is known about one event; generated, one per event. */
export interface EventContract<Event, Input> {
  readonly type: EventType;
  /** Semantic version of the schema, stamped by writers. */
  readonly version: string;
  readonly description: string;
  /** What a reader accepts: the full event, open, so fields of a newer minor version pass. */
  readonly schema: JsonSchema;
  /** What a caller passes to the SDK: closed, so a misspelled field is an error. */
  readonly inputSchema: JsonSchema;
  readonly sample: Event;
  /** Compiled ahead of time. Never throws, whatever the value. */
  readonly is: (value: unknown) => value is Event;
  /** Compiled ahead of time. Never throws, whatever the value. */
  readonly isInput: (value: unknown) => value is Input;
  /** Why {@link is} says no; empty when it says yes. Slow: call it only after a no. */
  readonly explain: (value: unknown) => readonly ValidationIssue[];
  /** Why {@link isInput} says no; empty when it says yes. Slow: call it only after a no. */
  readonly explainInput: (value: unknown) => readonly ValidationIssue[];
}
