import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { valid } from 'semver';
import { checkEvents } from '../check/check-events.ts';
import { findCommit, loadRegistryAt } from '../check/git.ts';
import { reportEvents, reportFiles } from '../check/report.ts';
import { verifySnapshots } from '../check/verify-snapshots.ts';
import { composeEvents } from '../compose.ts';
import { diffSchemas } from '../diff/diff.ts';
import { SchemaError } from '../errors.ts';
import type { JsonSchema } from '../json-schema.ts';
import { loadRegistry } from '../load-registry.ts';
import {
  byTypeAndVersion,
  RELEASED_FOLDER,
  type ReleasedSchema,
  readReleased,
} from '../released.ts';
import { readRetired } from '../retired.ts';
import { type ExitCode, printJson, type Subcommand, type Terminal } from './subcommand.ts';

interface CheckOptions {
  readonly registry: string;
  readonly against?: string;
  readonly files?: readonly string[];
  readonly openEnums: boolean;
  readonly json: boolean;
}

/** `schemas check` */
export const checkCommand: Subcommand = (program, terminal, exit) => {
  program
    .command('check')
    .description('Say whom the working schemas break, and which versions they need.')
    .option(
      '--registry <file>',
      'module whose default export is the registry',
      'schemas/src/index.ts',
    )
    .option(
      '--against <ref>',
      'compare with one released version, such as 1.0.0, or with a git ref',
    )
    .option('--files <old-new...>', 'compare two plain JSON Schemas: --files old.json new.json')
    .option(
      '--open-enums',
      'with --files: writers send no other words than those of x-open-enum',
      false,
    )
    .option('--json', 'print one JSON object', false)
    .action(async (options: CheckOptions) => {
      const { files } = options;
      exit(
        await (files === undefined
          ? runCheck(options, terminal)
          : runFiles(files, options, terminal)),
      );
    });
};

async function runFiles(
  files: readonly string[],
  { json, against, openEnums }: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const [old, now, ...more] = files;
  if (old === undefined || now === undefined || more.length > 0) {
    throw wrongUsage('--files takes two files: --files old.json new.json.');
  }
  if (against !== undefined)
    throw wrongUsage('--files and --against cannot be combined; drop one of them.');
  const diff = diffSchemas(
    await readSchemaFile(terminal.cwd, old),
    await readSchemaFile(terminal.cwd, now),
    { openEnums },
  );
  if (json) printJson(terminal, diff);
  else terminal.out(reportFiles(diff));
  return diff.compatible.backward && diff.compatible.forward ? 0 : 1;
}

async function readSchemaFile(cwd: string, file: string): Promise<JsonSchema> {
  let text: string;
  try {
    text = await readFile(path.resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw wrongUsage(`${file} cannot be read; give the path of a JSON Schema.`, cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrongUsage(`${file} is not JSON; give the path of a JSON Schema.`, cause);
  }
  if (isObject(value)) return value;
  throw wrongUsage(`${file} is JSON, but no schema: it must hold an object.`);
}

async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const { cwd } = terminal;
  if (options.openEnums) {
    throw wrongUsage('--open-enums is for --files; the events of a registry keep to their words.');
  }
  const registry = await loadRegistry(path.resolve(cwd, options.registry));
  const folder = path.join(cwd, RELEASED_FOLDER);
  const released = await readReleased(folder);
  const { bases, commit, only } = await findBases(options, cwd, released);
  const snapshots = await verifySnapshots(cwd, released, ...(commit === undefined ? [] : [commit]));
  const { problems, history } = snapshots;
  const models = composeEvents(registry).filter(({ type }) => only?.has(type) ?? true);
  const gone = { ...registry, released: new Set(await readRetired(folder)) };
  const verdicts = checkEvents(models, bases, gone);
  // What a snapshot says that is not what was released, is nothing to go by.
  const broken = new Set(commit === undefined ? problems.map(({ file }) => lineOf(file)) : []);
  const events = verdicts.filter((event) => !broken.has(lineOf(`${event.type}/${event.version}`)));
  const ok = problems.length === 0 && events.every((event) => event.ok);
  if (options.json) printJson(terminal, { ok, events, snapshots: problems, history });
  else terminal.out(reportEvents(events, snapshots));
  return ok ? 0 : 1;
}

/** `click/1` of `click/1.2.0.json`. */
function lineOf(file: string): string {
  return file.replace(/\..*$/, '');
}

interface Bases {
  readonly bases: readonly ReleasedSchema[];
  /** Of `--against`, when that names one. */
  readonly commit?: string;
  /** The events that were released as the version of `--against`, when that names one. */
  readonly only?: ReadonlySet<string>;
}

async function findBases(
  { against, registry }: CheckOptions,
  cwd: string,
  released: readonly ReleasedSchema[],
): Promise<Bases> {
  if (against === undefined) return { bases: released };
  if (valid(against) !== null) {
    const bases = released.filter(({ version }) => version === valid(against));
    if (bases.length > 0) return { bases, only: new Set(bases.map(({ type }) => type)) };
    throw wrongUsage(`No event was released as ${against}; see ${RELEASED_FOLDER}/.`);
  }
  const commit = await findCommit(cwd, against);
  if (commit === undefined) {
    throw wrongUsage(
      `--against ${against} is neither a version nor a git ref of this repository; fetch it first.`,
    );
  }
  const models = composeEvents(await loadRegistryAt(cwd, commit, path.resolve(cwd, registry)));
  const bases = models.map(({ type, version, schema }) => ({
    type,
    version,
    schema,
    file: `${type}/${version}.json`,
  }));
  return { bases: bases.toSorted(byTypeAndVersion), commit };
}

function wrongUsage(message: string, cause?: unknown): SchemaError {
  return new SchemaError('wrong_usage', message, { cause });
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
