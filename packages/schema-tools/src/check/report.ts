import type { Change } from '../diff/change.ts';
import type { SchemaDiff } from '../diff/diff.ts';
import { RELEASED_FOLDER } from '../released.ts';
import type { EventVerdict, VersionChange } from './check-events.ts';
import type { SnapshotProblem } from './snapshots.ts';

/** What a person reads about the schemas of a registry; the last line says what to do. */
export function reportEvents(
  verdicts: readonly EventVerdict[],
  problems: readonly SnapshotProblem[],
): string {
  const blocks = [
    ...problems.map(
      ({ file, problem, seenIn }) =>
        `${RELEASED_FOLDER}/${file}: ${PROBLEM[problem]} (see ${seenIn})`,
    ),
    ...verdicts.map(reportEvent),
  ];
  return `${blocks.join('\n')}\n\n${lastLine(verdicts, problems)}\n`;
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
  if (kind === 'major') return `${title}: new major version (${String(bump)})`;
  if (kind === 'removed')
    return `${title}: released, but no longer in the registry (${String(bump)})`;
  const bases = compared.join(', ');
  if (changes.length === 0) return `${title}: unchanged since ${compared.at(-1) ?? bases}`;
  const lines = changes.map((each) =>
    describe(each, each.against === compared.at(-1) ? undefined : each),
  );
  return [`${title}: compared with ${bases}`, ...lines].join('\n');
}

/** What a person reads about two files. */
export function reportFiles({ compatible, changes }: SchemaDiff): string {
  const lines = changes.map((each) => describe(each));
  const { backward, forward } = compatible;
  const broken = [
    ...(backward ? [] : ['new readers refuse old data']),
    ...(forward ? [] : ['old readers refuse new data']),
  ];
  const verdict =
    changes.length === 0
      ? 'The schemas are the same.'
      : broken.length === 0
        ? 'Compatible in both directions.'
        : `Not compatible: ${broken.join(', and ')}. Change the new schema, or make it a new major version.`;
  return [...lines, verdict, ''].join('\n');
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
function whoBreaks({ rule, backward, forward, bump }: Change): string[] {
  if (rule === 'unknown-keyword') return ['unknown: the diff cannot judge this'];
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
      ? ['let `pnpm schemas release` write the snapshots and their index']
      : []),
    ...wrong.map(advise),
  ];
  if (todo.length > 0) return `To do: ${todo.join('; ')}.`;
  const changed = verdicts.some(({ bump }) => bump !== undefined);
  return changed
    ? 'Every declared version is high enough. Next: `pnpm schemas bump`.'
    : 'Nothing has changed since the last release.';
}

function advise({ type, version, kind, bump, needed }: EventVerdict): string {
  if (kind === 'removed') {
    return `put ${type} ${version} back, or list a whole event that is gone under "reserved" of the registry`;
  }
  if (bump !== 'major')
    return `set the version of ${type} to ${String(needed)}, it says ${version} (\`pnpm schemas bump --write\` does it)`;
  return `undo what breaks ${type} ${version}, or leave it and define ${type} ${String(needed)} beside it`;
}
