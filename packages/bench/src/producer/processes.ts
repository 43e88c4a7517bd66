import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../errors.ts';
import { arms } from './arms.ts';
import type {
  ArmMessage,
  ArmSettings,
  SinkReply,
  SinkReport,
  SinkRequest,
  SinkSettings,
} from './protocol.ts';

/** The sink in its own process. */
export interface Sink extends AsyncDisposable {
  readonly endpoint: string;
  /** A file with the certificate that clients must trust. */
  readonly certificateFile: string;
  /** Forgets everything and takes new settings. */
  readonly reset: (settings: SinkSettings) => Promise<void>;
  readonly report: (events: number) => Promise<SinkReport>;
}

export async function startSink(): Promise<Sink> {
  const child = fork(fileURLToPath(import.meta.resolve('./sink/sink-process.ts')), {
    execArgv: NODE_ARGS,
  });
  const inbox = createInbox<SinkReply>(child, 'the sink', 'no_sink');
  const { port, certificate } = await inbox.next('listening');
  const folder = await mkdtemp(path.join(tmpdir(), 'clickstream-bench-'));
  const certificateFile = path.join(folder, 'certificate.pem');
  await writeFile(certificateFile, certificate);
  const ask = (request: SinkRequest): void => void child.send(request);
  return {
    endpoint: `https://127.0.0.1:${port}`,
    certificateFile,
    async reset(settings) {
      ask({ kind: 'reset', settings });
      await inbox.next('reset');
    },
    async report(events) {
      ask({ kind: 'report', events });
      return (await inbox.next('report')).report;
    },
    async [Symbol.asyncDispose]() {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface ArmLimits {
  /** The process is ended after that, whatever it does. */
  readonly limitMs: number;
}

/** A producer in its own process. */
export interface ProducerProcess<Message extends { readonly kind: string }>
  extends AsyncDisposable {
  /**
   * The next message of this kind.
   *
   * @throws {@link BenchError} `failed_run` when the process ends first, `timed_out` when the limit
   *   passes.
   */
  readonly next: <Kind extends Message['kind']>(
    kind: Kind,
  ) => Promise<Extract<Message, { kind: Kind }>>;
  readonly goOn: () => void;
  readonly terminate: () => void;
}

export function startArm(
  settings: ArmSettings,
  sink: Pick<Sink, 'certificateFile'>,
  limits: ArmLimits,
): ProducerProcess<ArmMessage> {
  const script = fileURLToPath(import.meta.resolve('./arm-process.ts'));
  return startProducer(script, settings.arm, settings, sink, limits);
}

/**
 * Runs a script with its settings as JSON, and credentials for the sink.
 *
 * @param name of the arm
 */
export function startProducer<Message extends { readonly kind: string }>(
  script: string,
  name: string,
  settings: object,
  { certificateFile }: Pick<Sink, 'certificateFile'>,
  { limitMs }: ArmLimits,
): ProducerProcess<Message> {
  const child = fork(script, [JSON.stringify(settings)], {
    execArgv: NODE_ARGS,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
      NODE_EXTRA_CA_CERTS: certificateFile,
      ...arms[name]?.env,
    },
  });
  const inbox = createInbox<Message>(child, name, 'failed_run');
  const timer = setTimeout(() => {
    inbox.fail(new BenchError('timed_out', `${name} was not done after ${limitMs / 1000} s.`));
    child.kill('SIGKILL');
  }, limitMs);
  return {
    next: async (kind) => inbox.next(kind),
    goOn: () => void child.send('go on'),
    terminate: () => void child.kill('SIGTERM'),
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await end(child);
    },
  };
}

const NODE_ARGS = ['--conditions=@clickstream/source'];

/** Messages of a child, one after the other. */
function createInbox<Message extends { readonly kind: string }>(
  child: ChildProcess,
  name: string,
  code: 'failed_run' | 'no_sink',
) {
  const messages: Message[] = [];
  let waiting: PromiseWithResolvers<void> | undefined;
  let failure: BenchError | undefined;
  let complaint = '';
  const wake = (): void => {
    waiting?.resolve();
    waiting = undefined;
  };
  const fail = (error: BenchError): void => {
    failure ??= error;
    wake();
  };
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4_000);
  });
  child.on('message', (message: Message) => {
    messages.push(message);
    wake();
  });
  child.on('error', (cause) =>
    fail(new BenchError(code, `${name} could not be started or reached.`, { cause })),
  );
  child.once('close', (exitCode, signal) =>
    fail(new BenchError(code, `${name} ended with ${signal ?? exitCode}: ${complaint.trim()}`)),
  );
  return {
    fail,
    async next<Kind extends Message['kind']>(
      kind: Kind,
    ): Promise<Extract<Message, { kind: Kind }>> {
      for (;;) {
        const message = messages.shift();
        if (message !== undefined) {
          if (isOf(message, kind)) return message;
          throw new BenchError(code, `${name} said ${message.kind} instead of ${kind}.`);
        }
        if (failure !== undefined) throw failure;
        waiting = Promise.withResolvers();
        await waiting.promise;
      }
    },
  };
}

function isOf<Message extends { readonly kind: string }, Kind extends Message['kind']>(
  message: Message,
  kind: Kind,
): message is Extract<Message, { kind: Kind }> {
  return message.kind === kind;
}

/** Lets a child end by itself for a moment, then ends it. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await ended;
  clearTimeout(timer);
}
