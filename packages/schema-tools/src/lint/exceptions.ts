import type { LintException } from '../marks.ts';
import { isSchema, type Node } from './nodes.ts';
import type { Complaint, RuleText } from './rule.ts';

/** How long an exception may last: whoever asks for longer wants the rule gone. */
const LONGEST_DAYS = 366;
const DAY_MS = 86_400_000;

/** Rules on exceptions; there are no exceptions from these. */
export const EXCEPTION_RULES = {
  complete: {
    id: 'exception-complete',
    what: 'An exception names a rule, a reason and the last day on which it holds, within a year.',
    why: 'An exception that nobody can judge, or that never ends, is a rule switched off.',
    mend: "Write it as `lint: [{ rule: 'string-bounded', reason: 'why it does not hold here', until: '2027-03-01' }]`.",
  },
  current: {
    id: 'exception-current',
    what: 'An exception ends on its last day.',
    why: 'It was meant to be temporary; now is the time to think again.',
    mend: 'Mend what the rule finds and remove the exception, or give it a new day and say why.',
  },
  used: {
    id: 'exception-used',
    what: 'An exception is there only while its rule would find something.',
    why: 'What is left over hides the next mistake in the same place.',
    mend: 'Remove it.',
  },
} as const satisfies Record<string, RuleText>;

/** What a rule does not like. */
export interface Objection extends Complaint {
  readonly rule: RuleText;
}

/** What is left after exceptions, and what is wrong with the exceptions themselves. */
export function applyExceptions(
  nodes: readonly Node[],
  objections: readonly Objection[],
  rules: readonly RuleText[],
  today: string,
): Objection[] {
  const excused = new Set<Objection>();
  const wrong: Objection[] = [];
  for (const { pointer, schema } of nodes) {
    for (const [index, entry] of listOf(schema['x-lint-ignore']).entries()) {
      const object = (rule: RuleText, message: string) =>
        wrong.push({ rule, pointer, at: `/x-lint-ignore/${index}`, message });
      const exception = readException(entry, rules, today);
      if (typeof exception === 'string') {
        object(EXCEPTION_RULES.complete, exception);
        continue;
      }
      const { rule, until } = exception;
      if (until < today) {
        object(EXCEPTION_RULES.current, `The exception from ${rule} ended on ${until}.`);
        continue;
      }
      const covered = objections.filter(
        (each) => each.rule.id === rule && each.pointer === pointer,
      );
      if (covered.length === 0) object(EXCEPTION_RULES.used, `${rule} finds nothing here.`);
      for (const objection of covered) excused.add(objection);
    }
  }
  return [...objections.filter((objection) => !excused.has(objection)), ...wrong];
}

/** The exception, or what is wrong with it. */
function readException(
  entry: unknown,
  rules: readonly RuleText[],
  today: string,
): Pick<LintException, 'rule' | 'until'> | string {
  const { rule, reason, until } = isSchema(entry) ? entry : {};
  const known = rules.find(({ id }) => id === rule)?.id;
  if (known === undefined) {
    return `The exception names ${typeof rule === 'string' ? `"${rule}", which is no rule` : 'no rule'}.`;
  }
  const what = `The exception from ${known}`;
  if (typeof reason !== 'string' || reason.trim() === '') return `${what} gives no reason.`;
  if (typeof until !== 'string' || !isDay(until)) return `${what} has no last day.`;
  return Date.parse(until) - Date.parse(today) > LONGEST_DAYS * DAY_MS
    ? `${what} lasts until ${until}, longer than a year.`
    : { rule: known, until };
}

/** Whether the text is a day of the calendar: `2027-03-01`. */
export function isDay(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    new Date(text).toISOString().startsWith(text)
  );
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
