import type { Serializable } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../child-process.ts';
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
  const script = fileURLToPath(import.meta.resolve('./sink/sink-process.ts'));
  const child = startChild<SinkReply>('the sink', script, [], { failsAs: 'no_sink' });
  const { port, certificate } = await child.next('listening');
  const folder = await mkdtemp(path.join(tmpdir(), 'clickstream-bench-'));
  const certificateFile = path.join(folder, 'certificate.pem');
  await writeFile(certificateFile, certificate);
  const ask = (request: SinkRequest): void => child.send(request);
  return {
    endpoint: `https://127.0.0.1:${port}`,
    certificateFile,
    async reset(settings) {
      ask({ kind: 'reset', settings });
      await child.next('reset');
    },
    async report(events) {
      ask({ kind: 'report', events });
      return (await child.next('report')).report;
    },
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface ArmLimits {
  /** An answer that takes longer ends the process. */
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
  readonly ask: (request: Serializable) => void;
  readonly terminate: () => void;
}

/** A process of an arm. */
export type ArmProcess = ProducerProcess<ArmMessage>;

export function startArm(
  settings: ArmSettings,
  sink: Pick<Sink, 'certificateFile'>,
  limits: ArmLimits,
): ArmProcess {
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
  const child = startChild<Message>(name, script, [JSON.stringify(settings)], {
    env: {
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
      NODE_EXTRA_CA_CERTS: certificateFile,
      ...arms[name]?.env,
    },
  });
  return {
    async next(kind) {
      const timer = setTimeout(() => {
        child.fail(new BenchError('timed_out', `${name} was not done after ${limitMs / 1000} s.`));
        child.kill('SIGKILL');
      }, limitMs);
      try {
        return await child.next(kind);
      } finally {
        clearTimeout(timer);
      }
    },
    ask: child.send,
    terminate: () => child.kill('SIGTERM'),
    [Symbol.asyncDispose]: async () => child[Symbol.asyncDispose](),
  };
}
