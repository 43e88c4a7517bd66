import type { RetiredMajor } from '../define.ts';
import type { EventModel, JsonSchema } from '../json-schema.ts';
import type { ReleasedSchema } from '../released.ts';
import type { Node } from './nodes.ts';

/** What rules look at: an event without its envelope, or the envelope that all events share. */
export interface Subject {
  /** The event's type, or `envelope`. */
  readonly name: string;
  /** Its own schemas: what belongs to the envelope is not looked at again with every event. */
  readonly nodes: readonly Node[];
  /** The whole event; undefined for the envelope. */
  readonly model: EventModel | undefined;
}

/** What a rule may know besides its subject. */
export interface LintContext {
  /** All events as they are written now. */
  readonly models: readonly EventModel[];
  /** The envelope of an event alone, as it was before the event's own fields joined it. */
  readonly envelopeOf: (model: EventModel) => JsonSchema;
  /** All released versions of all events. */
  readonly released: readonly ReleasedSchema[];
  /** Majors that are declared as not read any more. */
  readonly retired: readonly RetiredMajor[];
  /** Event types that must never be used again. */
  readonly reserved: readonly string[];
  /** The day in UTC, such as `2026-11-23`: exceptions end. */
  readonly today: string;
}

/** Something that a rule does not like. */
export interface Complaint {
  /** Pointer of the schema whose exceptions may excuse it. */
  readonly pointer: string;
  /** Pointer from there to what is wrong, when it is inside. */
  readonly at?: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
}

/** What a rule asks for. */
export interface RuleText {
  /** Stable: exceptions name it. */
  readonly id: string;
  /** What it asks for. */
  readonly what: string;
  readonly why: string;
  /** How to mend what it finds. */
  readonly mend: string;
}

/** One rule. */
export interface Rule extends RuleText {
  /** Pure: it sees plain JSON Schema, and never throws on one. */
  readonly check: (subject: Subject, context: LintContext) => readonly Complaint[];
}

/** A rule on each schema for itself; `complain` answers with what is wrong, or with nothing. */
export function eachNode(
  complain: (node: Node, subject: Subject) => string | undefined,
): Rule['check'] {
  return (subject) =>
    subject.nodes.flatMap((node) => {
      const message = complain(node, subject);
      return message === undefined ? [] : [{ pointer: node.pointer, message }];
    });
}
