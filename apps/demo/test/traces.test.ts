import { CreateStreamCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createKinesisHandler } from '@clickstream/consumer';
import { createKinesisServer } from '@clickstream/local-aws';
import { startKinesisPoller } from '@clickstream/local-aws/pollers';
import { createProducer } from '@clickstream/producer';
import { context, type SpanContext, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, expect, test } from 'vitest';

const spans = new InMemorySpanExporter();

beforeEach(() => {
  spans.reset();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => {
  trace.disable();
  context.disable();
});

const STREAM = 'clickstream';

/** A local Kinesis, and a mapping that reads its stream with a consumer. */
async function startPipeline(resources: AsyncDisposableStack) {
  const server = resources.use(await createKinesisServer());
  const connection = {
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const clients = {
    kinesis: resources.adopt(new KinesisClient(connection), (client) => client.destroy()),
    sqs: new SQSClient(connection),
    s3: new S3Client(connection),
  };
  await clients.kinesis.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: 1 }));

  const handled: string[] = [];
  const handle = ({ event_id }: { readonly event_id: string }): void => void handled.push(event_id);
  const handler = createKinesisHandler({
    handlers: { pageView: handle, click: handle, purchase: handle },
    onPermanentFailure: async ({ message }) => {
      throw new Error(message);
    },
  });
  const poller = startKinesisPoller({
    properties: {
      EventSourceArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`,
      FunctionName: 'consumer',
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
    functionName: 'consumer',
    async invoke(_name, payload) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the mapping made it
      const batch = JSON.parse(payload) as Parameters<typeof handler>[0];
      const answer = await handler(batch, { getRemainingTimeInMillis: () => 60_000 });
      return { kind: 'ok', payload: JSON.stringify(answer) };
    },
    clients,
    inferred: { pollIntervalMs: 50, readIntervalMs: 20 },
  });
  resources.defer(() => poller.close());
  return { client: clients.kinesis, drained: poller.drained, handled };
}

/** Answers a request: something is done in a span of its own, in a trace of its own. */
function inRequest(work: () => Promise<unknown>): Promise<SpanContext> {
  return trace.getTracer('storefront').startActiveSpan('POST /cart', async (span) => {
    await work();
    span.end();
    return span.spanContext();
  });
}

test.each([
  ['in records of their own', false],
  ['aggregated', true],
])(
  'events %s: the batch is linked to the spans in which they were tracked',
  async (_, aggregation) => {
    await using resources = new AsyncDisposableStack();
    const { client, drained, handled } = await startPipeline(resources);
    const producer = resources.use(createProducer({ streamName: STREAM, client, aggregation }));

    // All at once, so that events of several spans and of none share the producer's request.
    const view = (user_id: string) =>
      producer.pageView({ user_id, url: 'https://shop.example/cart' });
    const [first, second] = await Promise.all([
      inRequest(() => Promise.all([view('user-1'), view('user-2')])),
      inRequest(async () => {
        await Promise.resolve(); // whatever a request waits for before it tracks
        return view('user-1');
      }),
      view('user-3'),
    ]);
    expect(await drained()).toBe(true);

    expect(handled).toHaveLength(4);
    const batches = spans.getFinishedSpans().filter(({ name }) => name === `process ${STREAM}`);
    const linked = batches.flatMap(({ links }) => links.map(({ context: to }) => named(to)));
    // As sets: the mapping may cut the events into more batches than one.
    expect(new Set(linked)).toEqual(new Set([first, second].map(named)));
  },
);

const named = ({ traceId, spanId }: SpanContext): string => `${traceId}-${spanId}`;
