import type { Change } from '../diff/change.ts';
import type { SchemaDiff } from '../diff/diff.ts';
import { RELEASED_FOLDER } from '../released.ts';
import type { EventVerdict, VersionChange } from './check-events.ts';
import type { SnapshotProblem } from './snapshots.ts';
import type { Snapshots } from './verify-snapshots.ts';

/** What a person reads about the schemas of a registry; the last line says what to do. */
export function reportEvents(
  verdicts: readonly EventVerdict[],
  { problems, history }: Snapshots,
): string {
  const blocks = [...problems.map(describeProblem), ...verdicts.map(reportEvent)];
  const limits = UNSEEN[history];
  return `${blocks.join('\n')}\n\n${limits === undefined ? '' : `${limits}\n`}${lastLine(verdicts, problems)}\n`;
}

const UNSEEN: Readonly<Partial<Record<Snapshots['history'], string>>> = {
  shallow:
    'This clone is shallow: a snapshot that was changed together with its digest would not be seen. `git fetch --unshallow` brings the history.',
  none: 'There is no git history here: a snapshot that was changed together with its digest would not be seen.',
};

/** Which snapshot is not as it was released, and where that is seen. */
export function describeProblem({ file, problem, seenIn }: SnapshotProblem): string {
  return `${RELEASED_FOLDER}/${file}: ${PROBLEM[problem]} (see ${seenIn})`;
}

const PROBLEM = {
  changed: 'was released and is immutable, but has changed',
  removed: 'was released and must stay, but is gone',
  unlisted: 'is not in the index of what was released',
};

function reportEvent(verdict: EventVerdict): string {
  const { type, version, kind, compared, changes, bump } = verdict;
  const title = `${type} ${version}`;
  if (kind === 'event') return `${title}: new event (${String(bump)})`;
  if (kind === 'major') return reportMajor(title, verdict);
  if (kind === 'retired') {
    const since = bump === undefined ? 'since an earlier release' : bump;
    return `${title}: retired major, its records are quarantined as unknown_version (${since})`;
  }
  if (kind === 'removed') {
    return `${title}: released, but no longer in the registry (${bump ?? 'since an earlier release'})`;
  }
  const bases = compared.join(', ');
  if (changes.length === 0) return `${title}: unchanged since ${compared.at(-1) ?? bases}`;
  const lines = changes.map((each) =>
    describe(each, each.against === compared.at(-1) ? undefined : each),
  );
  return [`${title}: compared with ${bases}`, ...lines].join('\n');
}

/** A new major breaks nobody: the old one stays, and an upcast makes one of the other. */
function reportMajor(title: string, { bump, changes }: EventVerdict): string {
  const heading = `${title}: new major version (${String(bump)})`;
  const [first] = changes;
  if (first === undefined) return heading;
  const lines = changes.map(({ path, rule, message }) => `  ${path}  ${rule}: ${message}`);
  return [`${heading}, beside ${first.against}`, ...lines].join('\n');
}

/** What a person reads about two files. */
export function reportFiles({ compatible, changes }: SchemaDiff): string {
  const lines = changes.map((each) => describe(each));
  return [...lines, verdictOnFiles(compatible, changes), ''].join('\n');
}

function verdictOnFiles(
  { backward, forward }: SchemaDiff['compatible'],
  changes: SchemaDiff['changes'],
): string {
  if (changes.length === 0) return 'The schemas are the same.';
  if (changes.some(isUnjudged)) {
    return 'Not judged: nothing is compared as long as the diff cannot read both schemas.';
  }
  const broken = [
    ...(backward ? [] : ['new readers refuse old data']),
    ...(forward ? [] : ['old readers refuse new data']),
  ];
  return broken.length === 0
    ? 'Compatible in both directions.'
    : `Not compatible: ${broken.join(', and ')}. Change the new schema, or make it a new major version.`;
}

/** The diff has met what it does not know; it has compared nothing then. */
function isUnjudged({ rule }: Change): boolean {
  return rule === 'unknown-keyword';
}

function describe(change: Change, older?: VersionChange): string {
  const { rule, path, message, bump } = change;
  const since = older === undefined ? '' : ` (since ${older.against})`;
  return `  ${bump.padEnd(5)}  ${path === '' ? '(root)' : path}  ${rule}: ${message}${since}\n${whoBreaks(
    change,
  )
    .map((who) => `         breaks ${who}\n`)
    .join('')}`.trimEnd();
}

/** Who has to do something, in the words of those who run it. */
function whoBreaks(change: Change): string[] {
  const { backward, forward, bump } = change;
  if (isUnjudged(change)) return ['unknown: the diff cannot judge this'];
  return [
    ...(backward
      ? []
      : ['new consumers: they refuse what running producers send and what is stored (backward)']),
    ...(forward ? [] : ['running consumers: they refuse what new producers send (forward)']),
    ...(backward && forward && bump === 'major' ? ['code that compiles against the package'] : []),
  ];
}

function lastLine(verdicts: readonly EventVerdict[], problems: readonly SnapshotProblem[]): string {
  const snapshots = problems.filter(({ problem }) => problem !== 'unlisted');
  const wrong = verdicts.filter(({ ok }) => !ok);
  const todo = [
    ...(snapshots.length === 0 ? [] : [`restore ${RELEASED_FOLDER}/ from git`]),
    ...(snapshots.length < problems.length
      ? [
          `take away what \`pnpm schemas release\` has not written, or restore ${RELEASED_FOLDER}/index.json from git`,
        ]
      : []),
    ...wrong.map(advise),
  ];
  if (todo.length > 0) return ['To do:', ...todo.map((each) => `  ${each}`)].join('\n');
  const changed = verdicts.some(({ bump }) => bump !== undefined);
  return changed
    ? 'Every declared version is high enough. Next: `pnpm schemas bump`.'
    : 'Nothing has changed since the last release.';
}

function advise({ type, version, kind, bump, needed, changes }: EventVerdict): string {
  if (kind === 'removed') {
    return `put ${type} ${version} back, or declare it in the registry: a major that nobody sends any more under "retired", a whole event under "reserved"`;
  }
  if (bump !== 'major')
    return `set the version of ${type} to ${String(needed)}, it says ${version} (\`pnpm schemas bump --write\` does it)`;
  const isRename = ['property-removed-', 'property-added-'].every((rule) =>
    changes.some((each) => each.rule.startsWith(rule)),
  );
  const hint = isRename
    ? ' (to rename a field, add the new one as optional and deprecate the old one)'
    : '';
  return `undo what breaks ${type} ${version}${hint}, or leave that as it was and define ${type} ${String(needed)} beside it, with an upcast`;
}
