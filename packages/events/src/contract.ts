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

/** The JSON Schemas of one version of an event; generated. */
export interface EventSchemas {
  readonly type: EventType;
  readonly version: string;
  /** What a reader accepts: the full event, open, so fields of a newer minor version pass. */
  readonly schema: JsonSchema;
  /**
   * What a caller passes to the SDK: closed, so a misspelled field is an error. An older major has
   * none, because nobody writes it any more.
   */
  readonly inputSchema?: JsonSchema;
}

/** All that code needs to know about one event; generated, one per event. */
export interface EventContract<Event, Input> {
  readonly type: EventType;
  /** Semantic version of the schema, stamped by writers. */
  readonly version: string;
  readonly description: string;
  /**
   * What a writer should no longer send: `page_view` for the event itself, `page_view.title` for a
   * field, `purchase.items.name` for one of the records in a list. Mostly empty.
   */
  readonly deprecated: readonly string[];
  readonly sample: Event;
  /**
   * What a reader accepts: the full event, open, so fields of a newer minor version pass. Compiled
   * ahead of time. Never throws, whatever the value.
   */
  readonly is: (value: unknown) => value is Event;
  /**
   * What a caller passes to the SDK: closed, so a misspelled field is an error. Compiled ahead of
   * time. Never throws, whatever the value.
   */
  readonly isInput: (value: unknown) => value is Input;
  /** Why {@link is} says no; empty when it says yes. Slow: call it only after a no. */
  readonly explain: (value: unknown) => readonly ValidationIssue[];
  /** Why {@link isInput} says no; empty when it says yes. Slow: call it only after a no. */
  readonly explainInput: (value: unknown) => readonly ValidationIssue[];
}

/** What is known about an older major of an event, which is read but no longer written; generated. */
export interface OlderContract<Event extends object = object> {
  readonly type: EventType;
  /** The last version of this major. */
  readonly version: string;
  readonly description: string;
  readonly sample: Event;
  /** Compiled ahead of time. Never throws, whatever the value. */
  readonly is: (value: unknown) => value is Event;
  /** Why {@link is} says no; empty when it says yes. */
  readonly explain: (value: unknown) => readonly ValidationIssue[];
  /** Names of the fields that every event has. They are the same after an upcast. */
  readonly envelope: readonly string[];
  /** The payload that the event has in the next major. Pure; give it only what {@link is} accepts. */
  upcast(old: Event): object;
}
