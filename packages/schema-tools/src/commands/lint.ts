import { existsSync } from 'node:fs';
import path from 'node:path';
import { Type } from '@sinclair/typebox';
import { composeEvents } from '../compose.ts';
import type { Registry } from '../define.ts';
import { toPlainSchema } from '../json-schema.ts';
import { isDay } from '../lint/exceptions.ts';
import { type Finding, LINT_RULES, lintEvents } from '../lint/lint.ts';
import type { RuleText } from '../lint/rule.ts';
import { loadRegistry } from '../load-registry.ts';
import { RELEASED_FOLDER, readReleased } from '../released.ts';
import { type ExitCode, printJson, type Subcommand, type Terminal } from './subcommand.ts';

interface LintOptions {
  readonly registry: string;
  readonly released: string;
  readonly today: string;
  readonly rules: boolean;
  readonly json: boolean;
}

/** `schemas lint` */
export const lintCommand: Subcommand = (program, terminal, exit) => {
  const command = program
    .command('lint')
    .description('Check that the schemas are described, bounded, marked and named as they should.')
    .option(
      '--registry <file>',
      'module whose default export is the registry',
      'schemas/src/index.ts',
    )
    .option('--released <folder>', 'snapshots of released versions', RELEASED_FOLDER)
    .option(
      '--today <day>',
      'the day on which exceptions are judged, in UTC',
      new Date().toISOString().slice(0, 10),
    )
    .option('--rules', 'print every rule: what it asks for, why, and how to mend', false)
    .option('--json', 'print one JSON object', false);
  command.action(async (options: LintOptions) => {
    if (!isDay(options.today)) command.error('--today takes a day such as 2027-03-01.');
    exit(options.rules ? printRules(options, terminal) : await runLint(options, terminal));
  });
};

async function runLint(options: LintOptions, terminal: Terminal): Promise<ExitCode> {
  const file = path.resolve(terminal.cwd, options.registry);
  const registry = await loadRegistry(file);
  const findings = lintEvents({
    models: composeEvents(registry, { exceptions: true }),
    envelopeOf: (event) => envelopeOf(registry, event),
    released: await readReleased(path.resolve(terminal.cwd, options.released)),
    retired: registry.retired ?? [],
    reserved: registry.reserved ?? [],
    today: options.today,
  });
  if (options.json) {
    printJson(terminal, { ok: findings.length === 0, findings: findings.map(asJson) });
  } else {
    terminal.out(
      report(findings, registry.events.length, (event) => fileOf(event, file, terminal)),
    );
  }
  return findings.length === 0 ? 0 : 1;
}

function envelopeOf({ envelope }: Registry, event: { type: string; version: string }) {
  const { stamped, given, defaulted } = envelope;
  return toPlainSchema(Type.Object({ ...stamped(event), ...given, ...defaulted }));
}

function printRules({ json }: LintOptions, terminal: Terminal): ExitCode {
  if (json)
    printJson(terminal, { rules: LINT_RULES.map((rule) => ({ id: rule.id, doc: docOf(rule) })) });
  else terminal.out(LINT_RULES.map((rule) => `${rule.id}\n  ${docOf(rule)}\n`).join(''));
  return 0;
}

function docOf({ what, why, mend }: RuleText): string {
  return `${what} ${why} ${mend}`;
}

function asJson({ rule, event, version, path: pointer, message }: Finding) {
  return { rule: rule.id, event, version, path: pointer, message, doc: docOf(rule) };
}

function report(
  findings: readonly Finding[],
  events: number,
  fileOfEvent: (event: string) => string | undefined,
): string {
  if (findings.length === 0) {
    return `${count(events, 'event')} and the envelope keep all ${LINT_RULES.length} rules.\n`;
  }
  const groups = Map.groupBy(findings, ({ event, version }) => [event, version].join(' ').trim());
  const blocks = Array.from(groups, ([title, group]) => {
    const file = fileOfEvent(group[0]?.event ?? '');
    const lines = group.map(
      ({ rule, path: pointer, message }) =>
        `  ${rule.id}  ${pointer}\n    ${message} ${rule.mend}\n`,
    );
    return `${title}${file === undefined ? '' : `  ${file}`}\n${lines.join('')}\n`;
  });
  return `${blocks.join('')}${count(findings.length, 'finding')}. \`pnpm schemas lint --rules\` says why.\n`;
}

/** Where an event is defined, when the file lies beside the registry and is named after it. */
function fileOf(event: string, registry: string, { cwd }: Terminal): string | undefined {
  const file = path.join(path.dirname(registry), `${event.replaceAll('_', '-')}.ts`);
  return existsSync(file) ? path.relative(cwd, file).replaceAll(path.sep, '/') : undefined;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
