import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { BenchError } from '../../errors.ts';
import type { Figures } from '../../rounds.ts';
import { summarize } from '../../statistics.ts';
import { batchText } from '../batch.ts';
import type { Bundles, ColdArm } from './bundle.ts';

/** Processes per arm and round: one start takes a moment only. */
const STARTS = 5;

/** Starts a handler on no record, which needs no request, and on one event, which needs one. */
export async function measureCold(
  arm: ColdArm,
  bundles: Bundles,
  endpoint: string,
): Promise<Figures> {
  const first = [];
  const written = [];
  for (let start = 0; start < STARTS; start += 1) {
    first.push(await startOnce(arm, bundles, endpoint, '{"Records":[]}'));
    written.push(await startOnce(arm, bundles, endpoint, batchText(1, 1)));
  }
  const median = (of: readonly Start[], figure: keyof Start): number =>
    summarize(of.map((start) => start[figure])).median;
  return {
    firstResultMs: median(first, 'wallMs'),
    firstResultCpuMs: median(first, 'cpuMs'),
    firstEventMs: median(written, 'wallMs'),
    firstEventCpuMs: median(written, 'cpuMs'),
  };
}

interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function startOnce(
  arm: ColdArm,
  bundles: Bundles,
  endpoint: string,
  event: string,
): Promise<Start> {
  const script = fileURLToPath(import.meta.resolve('./cold-process.ts'));
  const bundle = pathToFileURL(bundles.fileOf(arm)).href;
  const env = {
    EVENTS_TABLE: 'events',
    COUNTERS_TABLE: 'counters',
    DEAD_LETTER_QUEUE_URL: `${endpoint}/queue`,
    QUARANTINE_BUCKET: 'quarantine',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL: endpoint,
    NODE_OPTIONS: '--enable-source-maps',
  };
  try {
    // Its lines of metrics go to stdout.
    const { stderr } = await promisify(execFile)(process.execPath, [script, bundle, event], {
      env,
    });
    const printed: unknown = JSON.parse(stderr);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- cold-process.ts wrote it
    return printed as Start;
  } catch (cause) {
    throw new BenchError('failed_run', `${arm} did not start: ${String(cause)}`, { cause });
  }
}

/** A DynamoDB that says yes to everything. */
export async function startYesServer(): Promise<AsyncDisposable & { readonly endpoint: string }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
