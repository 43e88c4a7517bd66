/** The part of a version that must grow. */
export type Bump = 'patch' | 'minor' | 'major';

/** Who can go on when one side changes. */
export interface Compatibility {
  /** The new reader accepts whatever the old writer wrote. */
  readonly backward: boolean;
  /** The old reader accepts whatever the new writer writes. */
  readonly forward: boolean;
}

/** One difference between two schemas. */
export interface Change extends Compatibility {
  readonly rule: Rule;
  /** JSON pointer into the new schema; into the old one for what is no longer there. */
  readonly path: string;
  /** What the version needs for this change: the wire and the TypeScript API both count. */
  readonly bump: Bump;
  /** What is different, in a few words. */
  readonly message: string;
}

/**
 * Every rule, with what it does to code that compiles against the generated package. That is the
 * second axis of the version; a change that fails on the wire is `major` whatever stands here.
 *
 * The emitted types depend on nothing but names, presence, kinds, literal values, `title` and
 * `deprecated`. Each of these is a keyword with a rule here, so the schemas alone tell what happens to
 * the types, and nothing needs to be compiled to know it.
 */
const API = {
  // Documentation, and bounds, which no type shows.
  'annotation-changed': 'patch',
  'minimum-loosened': 'patch',
  'minimum-tightened': 'patch',
  'maximum-loosened': 'patch',
  'maximum-tightened': 'patch',
  'multiple-of-loosened': 'patch',
  'multiple-of-tightened': 'patch',
  'multiple-of-changed': 'patch',
  'min-length-loosened': 'patch',
  'min-length-tightened': 'patch',
  'max-length-loosened': 'patch',
  'max-length-tightened': 'patch',
  'pattern-added': 'patch',
  'pattern-removed': 'patch',
  'pattern-changed': 'patch',
  'format-added': 'patch',
  'format-removed': 'patch',
  'format-changed': 'patch',
  'min-items-loosened': 'patch',
  'min-items-tightened': 'patch',
  'max-items-loosened': 'patch',
  'max-items-tightened': 'patch',
  'unique-items-added': 'patch',
  'unique-items-removed': 'patch',
  'min-properties-loosened': 'patch',
  'min-properties-tightened': 'patch',
  'max-properties-loosened': 'patch',
  'max-properties-tightened': 'patch',
  // More to use; what was there still compiles.
  'property-added-optional': 'minor',
  'deprecation-added': 'minor',
  'deprecation-removed': 'minor',
  'additional-properties-loosened': 'minor',
  'additional-properties-tightened': 'minor',
  'open-enum-widened': 'minor',
  'open-enum-removed': 'minor',
  // Callers or handlers may no longer compile.
  'property-added-required': 'major',
  'property-removed-optional': 'major',
  'property-removed-required': 'major',
  'property-made-required': 'major',
  'property-made-optional': 'major',
  'type-changed': 'major',
  'type-widened': 'major',
  'type-narrowed': 'major',
  'type-renamed': 'major',
  'const-changed': 'major',
  'enum-widened': 'major',
  'enum-narrowed': 'major',
  'enum-added': 'major',
  'enum-removed': 'major',
  'enum-opened': 'major',
  'enum-closed': 'major',
  'open-enum-added': 'major',
  'open-enum-narrowed': 'major',
  'union-widened': 'major',
  'union-narrowed': 'major',
  'union-ambiguous': 'major',
  'tuple-item-added': 'major',
  'tuple-item-removed': 'major',
  'pattern-property-added': 'major',
  'pattern-property-removed': 'major',
  // Nothing can be said.
  'unknown-keyword': 'major',
} as const satisfies Readonly<Record<string, Bump>>;

/** What a change is called, for ever: scripts and suppressions name it. */
export type Rule = keyof typeof API;

/** All rules, for documentation and for the test that every one of them is tested. */
export const RULES = Object.keys(API).filter((name) => isRule(name));

/** Puts a change together; the bump follows from the rule and from who can go on. */
export function change(
  rule: Rule,
  path: string,
  { backward, forward }: Compatibility,
  message: string,
): Change {
  const bump = backward && forward ? API[rule] : 'major';
  return { rule, path, backward, forward, bump, message };
}

/** The same change when one side can go on for another reason, such as another branch of a union. */
export function excuse(excused: Change, { backward, forward }: Compatibility): Change {
  const now = { backward: excused.backward || backward, forward: excused.forward || forward };
  const opened = excused.rule === 'enum-widened' && now.backward && now.forward;
  return change(opened ? 'open-enum-widened' : excused.rule, excused.path, now, excused.message);
}

const ORDER: readonly Bump[] = ['patch', 'minor', 'major'];

/** The largest bump that one of the changes needs; undefined when nothing changed. */
export function largestBump(changes: readonly Pick<Change, 'bump'>[]): Bump | undefined {
  return ORDER.findLast((bump) => changes.some((each) => each.bump === bump));
}

/** Whether each direction holds for all of the changes. */
export function compatibilityOf(changes: readonly Compatibility[]): Compatibility {
  return {
    backward: changes.every(({ backward }) => backward),
    forward: changes.every(({ forward }) => forward),
  };
}

function isRule(name: string): name is Rule {
  return Object.hasOwn(API, name);
}
