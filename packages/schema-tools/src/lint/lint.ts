import type { EventModel, JsonSchema } from '../json-schema.ts';
import { documentationRules } from './documentation.ts';
import { applyExceptions, EXCEPTION_RULES } from './exceptions.ts';
import { EVENT_KEPT, eventsGone, historyRules } from './history.ts';
import { isSchema, type Node, nodesOf } from './nodes.ts';
import { privacyRules } from './privacy.ts';
import type { LintContext, Rule, RuleText, Subject } from './rule.ts';
import { shapeRules } from './shape.ts';

/** The name under which findings about the envelope go. */
const ENVELOPE = 'envelope';

const RULES: readonly Rule[] = [
  ...documentationRules,
  ...shapeRules,
  ...privacyRules,
  ...historyRules,
];

/** Every rule, those on exceptions last. */
export const LINT_RULES: readonly RuleText[] = [...RULES, ...Object.values(EXCEPTION_RULES)];

/** One place where a rule is not kept. */
export interface Finding {
  readonly rule: RuleText;
  /** The event's type, or `envelope`. */
  readonly event: string;
  /** Of the event; undefined for the envelope. */
  readonly version: string | undefined;
  /** JSON pointer into the event's schema. */
  readonly path: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
}

/**
 * Lints events with their envelope. Pure; never throws, whatever the schemas say.
 *
 * @returns in the order of the events, the envelope first and events that are gone last.
 */
export function lintEvents(context: LintContext): Finding[] {
  const found = subjectsOf(context).flatMap((subject) => {
    const complaints = RULES.flatMap((rule) =>
      rule.check(subject, context).map((complaint) => ({ rule, ...complaint })),
    );
    return applyExceptions(subject.nodes, complaints, RULES, context.today).map(
      ({ rule, pointer, at = '', message }): Finding => ({
        rule,
        event: subject.name,
        version: subject.model?.version,
        path: pointer + at,
        message,
      }),
    );
  });
  const gone = eventsGone(context).map(({ type, version }): Finding => {
    const message = 'It was released and is not defined any more.';
    return { rule: EVENT_KEPT, event: type, version, path: '', message };
  });
  return [...found, ...gone];
}

function subjectsOf({ models, envelopeOf }: LintContext): Subject[] {
  const events = models.map((model): Subject => {
    const shared = namesIn(envelopeOf(model));
    const nodes = nodesOf(model.schema).filter(({ path: [name] }) => !shared.has(name));
    return { name: model.type, model, nodes };
  });
  const [first] = models;
  if (first === undefined) return events;
  return [{ name: ENVELOPE, model: undefined, nodes: fieldsOf(envelopeOf(first)) }, ...events];
}

/** All but the root: the envelope is nothing of its own. */
function fieldsOf(envelope: JsonSchema): Node[] {
  return nodesOf(envelope).slice(1);
}

function namesIn({ properties }: EventModel['schema']): ReadonlySet<string | undefined> {
  return new Set(isSchema(properties) ? Object.keys(properties) : []);
}
