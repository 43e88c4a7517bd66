import { majorOf } from '../majors.ts';
import { type EventChange, type EventDifference, fieldOf, neededVersion } from './event-changes.ts';

/**
 * The lines of a changelog for one event, for people: what happened to which field. Documentation
 * alone is one line, however many descriptions were mended.
 */
export function summaryLines(event: EventChange): string[] {
  const { type, version, released, kind, differences, why = '' } = event;
  if (kind === 'event-added') return [`- New event \`${type}\`, version ${version}.`];
  if (kind === 'event-removed') return [`- The event \`${type}\` ${version} is gone.`];
  if (kind === 'major-added') {
    return [
      `- \`${type}\` ${version} is a new major of the event; older records are upcast to it.`,
      ...notable(differences).map((each) => `- \`${type}\` ${version}: ${describe(each)}`),
    ];
  }
  if (kind === 'major-retired') {
    const line = `- \`${type}\` ${majorOf(version)}.x is retired: its records are quarantined as \`unknown_version\`. ${why}`;
    return [line.replaceAll(/\s+/g, ' ').trim()];
  }
  if (kind === 'version-raised') return [`- \`${type}\` ${version} is ${released} unchanged.`];
  const to = versionOf(event);
  const real = notable(differences);
  if (real.length === 0) return [`- \`${type}\` ${to}: documentation only.`];
  return real.map((difference) => `- \`${type}\` ${to}: ${describe(difference)}`);
}

/** A whole changeset of such lines. */
export function summaryOf(lines: readonly string[]): string {
  return ['Changes of the events:', '', ...lines].join('\n');
}

/** What is more than documentation. */
function notable(differences: readonly EventDifference[]): EventDifference[] {
  return differences.filter(({ bump }) => bump !== 'patch');
}

/** The version that the change will be released as, once the definition says so. */
function versionOf(event: EventChange): string {
  const needed = neededVersion(event);
  return needed !== undefined && event.version === event.released ? needed : event.version;
}

/** The message of the rule, with the field named once. */
function describe({ path, message }: EventDifference): string {
  const field = fieldOf(path);
  const quoted = `"${field.slice(field.lastIndexOf('.') + 1)}"`;
  const what = message.replace(/\.$/, '');
  if (field === '') return `${what}.`;
  if (what.includes(quoted)) return `${what.replace(quoted, `\`${field}\``)}.`;
  return `\`${field}\`: ${what}.`;
}
