// The local services, the mappings and the functions in a process of their own, which can be killed.
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type LocalAws, startLocalAws } from '@clickstream/local-aws';
import { settledRecords } from '../pipeline.ts';
import { createRandom } from '../random.ts';
import { createFaults } from './faults.ts';
import type { Blow, FromPipeline, PipelineSettings, ToPipeline } from './messages.ts';

const statusEveryMs = 100;
const lookForVictimEveryMs = 20;
/** On AWS minutes. What a fault keeps in the queue is to come again while somebody watches. */
const visibilitySeconds = '10';

const exhaustMemory = new URL('exhaust-memory.ts', import.meta.url).href;

/** What Lambda and V8 write when a blow has its effect, which a SIGKILL has at once. */
const traces = { SIGSTOP: /Task timed out after/, SIGUSR2: /JavaScript heap out of memory/ };
const seen = new Map<string, number>();
/** Whose end is decided: a process that is stopped takes no other blow. */
const struck = new Set<number>();
/** What a process wrote at its end may arrive after it is gone. */
const lateTraceMs = 1_000;

let isCalm = true;

const tell = (message: FromPipeline): void => {
  if (process.connected) process.send?.(message);
};

async function main(): Promise<void> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by startPipelineProcess
  const settings = JSON.parse(process.argv[2] ?? '') as PipelineSettings;
  const { assemblyDir, dataDir, ports, seed } = settings;
  const faults = createFaults(createRandom(seed), () => !isCalm);
  const aws = await startLocalAws({
    assemblyDir,
    stackName: 'Clickstream',
    dataDir,
    ports,
    faults: faults.hooks,
    // A long run reshards more often than the ten times a day that AWS allows.
    limits: { updateShardCountsPerDay: false },
    redeliverAfterSeconds: 1,
    nodeArguments: ['--import', exhaustMemory],
    onLog(source, line) {
      for (const [signal, trace] of Object.entries(traces)) {
        if (trace.test(line)) seen.set(signal, (seen.get(signal) ?? 0) + 1);
      }
      tell({ type: 'log', source, line });
    },
  });
  await shortenVisibility(aws);
  process.on('message', (message: ToPipeline) => void obey(message, aws).catch(fail));
  setInterval(() => {
    tell({ type: 'status', settled: settledRecords(aws), faults: faults.counts });
  }, statusEveryMs);
  isCalm = false;
  const { region, endpoints, outputs, env } = aws;
  tell({ type: 'ready', stack: { region, endpoints, outputs, env } });
}

async function shortenVisibility(aws: LocalAws): Promise<void> {
  const sqs = new SQSClient({
    region: aws.region,
    endpoint: aws.endpoints.sqs,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const QueueUrl = aws.outputs['DeadLetterQueueUrl'];
  const Attributes = { VisibilityTimeout: visibilitySeconds };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  sqs.destroy();
}

async function obey(message: ToPipeline, aws: LocalAws): Promise<void> {
  switch (message.type) {
    case 'strike':
      return strikeSoon(message.blow, aws);
    case 'calm':
      isCalm = true;
      return;
    case 'drain':
      return tell({ type: 'drained', isDry: await aws.drained({ timeoutMs: message.timeoutMs }) });
    case 'close':
      await aws.close();
      process.exit();
  }
}

/** Strikes a process at work, and another one when that ends in another way. */
function strikeSoon(blow: Blow, aws: LocalAws): void {
  const { signal } = blow;
  let victim: { readonly pid: number; readonly seenBefore: number; goneAtMs?: number } | undefined;
  const timer = setInterval(() => {
    if (isCalm) return clearInterval(timer);
    const fn = aws.functions().find(({ logicalId }) => logicalId.includes(blow.function));
    const { environments = [] } = fn ?? {};
    if (victim === undefined) {
      const pid = environments.find((one) => one.isBusy && !struck.has(one.pid))?.pid;
      if (pid === undefined) return;
      struck.add(pid);
      victim = { pid, seenBefore: seen.get(signal) ?? 0 };
      process.kill(pid, signal);
      if (signal === 'SIGSTOP') tell({ type: 'frozen', pid });
      if (signal !== 'SIGKILL') return;
      clearInterval(timer);
      return tell({ type: 'struck', blow });
    }
    const { pid, seenBefore } = victim;
    const left = environments.find((environment) => environment.pid === pid);
    if (left === undefined) {
      victim.goneAtMs ??= performance.now();
      if ((seen.get(signal) ?? 0) > seenBefore) {
        clearInterval(timer);
        tell({ type: 'struck', blow });
      } else if (performance.now() > victim.goneAtMs + lateTraceMs) {
        victim = undefined;
      }
    } else if (signal === 'SIGSTOP' && !left.isBusy) {
      // It had just answered, and nobody may ever ask it again.
      process.kill(pid, 'SIGCONT');
      struck.delete(pid);
      victim = undefined;
    }
  }, lookForVictimEveryMs);
}

function fail(error: unknown): void {
  tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  process.disconnect();
}

// When the demo is gone, nobody needs the pipeline.
process.once('disconnect', () => process.exit());
// Ctrl-C in a terminal reaches this process too; it is the demo's to end it.
process.on('SIGINT', () => undefined);
main().catch(fail);
