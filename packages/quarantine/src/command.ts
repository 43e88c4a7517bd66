import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { defaultS3Client } from './clients.ts';
import { deadLetterReasons } from './dead-letter.ts';
import { QuarantineError } from './errors.ts';
import { createQuarantine, type Quarantine, type QuarantineEntry } from './quarantine.ts';
import type { QuarantineReason } from './quarantine-key.ts';
import { redrive } from './redrive.ts';
import { formatDocument, formatGroups, groupEntries } from './report.ts';

/** Where the command runs and speaks. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** 0 done, 1 the thing asked about is not so, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

interface CommonFlags {
  readonly bucket?: string;
  readonly endpoint?: string;
  readonly json: boolean;
}

interface FilterFlags extends CommonFlags {
  readonly reason?: QuarantineReason;
  readonly date?: string;
  readonly prefix?: string;
}

interface ListFlags extends FilterFlags {
  readonly keys: boolean;
}

interface ChangeFlags extends FilterFlags {
  readonly yes: boolean;
}

/** Runs the `dlq` command, for the person on call. Never throws on wrong usage or an AWS error. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    await program(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof QuarantineError)) throw error;
    const { code, message } = error;
    if (args.includes('--json')) print(terminal, { ok: false, error: { code, message } });
    terminal.err(`${message}\n`);
    return code === 'invalid_option' ? 2 : 1;
  }
}

function program(terminal: Terminal): Command {
  const dlq = new Command('dlq')
    .description('What was not processed: look at it, put it back on the stream, delete it.')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed or not there, 2 wrong usage.')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err });

  const subcommand = (name: string, description: string) =>
    dlq
      .command(name)
      .description(description)
      .option('--bucket <name>', 'the quarantine bucket (default: $QUARANTINE_BUCKET)')
      .option('--endpoint <url>', 'where S3 is, if not on AWS (Kinesis: $AWS_ENDPOINT_URL_KINESIS)')
      .option('--json', 'print one JSON object', false);
  withFilters(subcommand('list', 'Count what lies in quarantine, by reason and day.'))
    .option('--keys', 'print the keys instead', false)
    .action((flags: ListFlags) => list(flags, terminal));
  subcommand('show <key>', 'Print one record: why it is here, and its payload.').action(
    (key: string, flags: CommonFlags) => show(key, flags, terminal),
  );
  withFilters(
    subcommand('redrive', 'Put records back on their stream; then keep them under redriven/.'),
  )
    .option('--yes', 'do it; otherwise only say how many', false)
    .action((flags: ChangeFlags) => redriveAll(flags, terminal));
  withFilters(subcommand('purge', 'Delete records for good.'))
    .option('--yes', 'do it; otherwise only say how many', false)
    .action((flags: ChangeFlags) => purge(flags, terminal));
  return dlq;
}

function withFilters(command: Command): Command {
  return command
    .addOption(new Option('--reason <reason>', 'only with this reason').choices(reasons))
    .option('--date <yyyy-mm-dd>', 'only what arrived on this day (UTC)', parseDate)
    .option('--prefix <key>', 'only keys that start so; a whole key for one record');
}

const reasons: readonly QuarantineReason[] = [...deadLetterReasons, 'expired', 'unreadable'];

function parseDate(text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('Give a day such as 2026-01-31.');
  return text;
}

function open({ bucket, endpoint }: CommonFlags, { env }: Terminal): Quarantine {
  const name = bucket ?? env.QUARANTINE_BUCKET ?? '';
  if (name === '') {
    throw new QuarantineError('invalid_option', 'Name the bucket: --bucket or QUARANTINE_BUCKET.');
  }
  const client =
    endpoint === undefined ? defaultS3Client() : new S3Client({ endpoint, forcePathStyle: true });
  return createQuarantine({ bucket: name, client });
}

async function list(flags: ListFlags, terminal: Terminal): Promise<void> {
  const entries = open(flags, terminal).list(flags);
  if (!flags.keys) {
    const groups = await groupEntries(entries);
    if (flags.json) print(terminal, { ok: true, groups });
    else terminal.out(formatGroups(groups));
    return;
  }
  const keys: string[] = [];
  for await (const { key } of entries) {
    if (flags.json) keys.push(key);
    else terminal.out(`${key}\n`);
  }
  if (flags.json) print(terminal, { ok: true, keys });
}

async function show(key: string, flags: CommonFlags, terminal: Terminal): Promise<void> {
  const document = await open(flags, terminal).get(key);
  if (flags.json) print(terminal, { ok: true, document });
  else terminal.out(formatDocument(document));
}

async function redriveAll(flags: ChangeFlags, terminal: Terminal): Promise<void> {
  const quarantine = open(flags, terminal);
  const entries = await selected(quarantine, flags);
  const records = entries.filter(({ reason }) => reason !== 'expired' && reason !== 'unreadable');
  const passedOver = entries.length - records.length;
  let redriven = 0;
  const onRedriven = () => {
    redriven += 1;
  };
  try {
    const client = new KinesisClient();
    if (flags.yes) await redrive({ quarantine, client, entries: records, onRedriven });
  } catch (error) {
    terminal.err(`${redriven} of ${records.length} records are back on the stream already.\n`);
    throw error;
  }
  if (flags.json) {
    print(terminal, { ok: true, matched: records.length, passedOver, redriven });
    return;
  }
  if (flags.yes) terminal.out(`${redriven} records are back on the stream.\n`);
  else if (records.length === 0) terminal.out('No record in quarantine matches.\n');
  else {
    terminal.out(`${records.length} records would go back on the stream; run again with --yes.\n`);
  }
  if (passedOver > 0) terminal.out(`${passedOver} objects without a payload are passed over.\n`);
}

async function purge(flags: ChangeFlags, terminal: Terminal): Promise<void> {
  const quarantine = open(flags, terminal);
  if (flags.reason === undefined && flags.date === undefined && flags.prefix === undefined) {
    throw new QuarantineError('invalid_option', 'Say what to purge: --reason, --date or --prefix.');
  }
  const entries = await selected(quarantine, flags);
  if (flags.yes) for (const { key } of entries) await quarantine.remove(key);
  const purged = flags.yes ? entries.length : 0;
  if (flags.json) print(terminal, { ok: true, matched: entries.length, purged });
  else if (flags.yes) terminal.out(`${purged} objects are deleted.\n`);
  else terminal.out(`${entries.length} objects would be deleted; run again with --yes.\n`);
}

async function selected(quarantine: Quarantine, flags: FilterFlags): Promise<QuarantineEntry[]> {
  const entries: QuarantineEntry[] = [];
  for await (const entry of quarantine.list(flags)) entries.push(entry);
  return entries;
}

function print(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value)}\n`);
}
