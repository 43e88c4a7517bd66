// A process for one cold start: `node cold-process.ts <bundle> <events as JSON>`. Writes the time from
// the import of the handler to its first answer to stderr: stdout has the handler's own lines.
interface Bundle {
  readonly handler: (
    batch: unknown,
    context: object,
  ) => Promise<{ readonly batchItemFailures: readonly unknown[] }>;
}

const [bundle = '', event = ''] = process.argv.slice(2);
const batch: unknown = JSON.parse(event);
const cpu = process.cpuUsage();
const startMs = performance.now();
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both bundles are handlers
const { handler } = (await import(bundle)) as Bundle;
const answer = await handler(batch, { getRemainingTimeInMillis: () => 30_000 });
const wallMs = performance.now() - startMs;
const { user, system } = process.cpuUsage(cpu);
if (answer.batchItemFailures.length > 0) throw new Error('the handler gave records back');
process.stderr.write(`${JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 })}\n`);
process.exit(); // connections are kept alive
