import { readFile } from 'node:fs/promises';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { expect, test, vi } from 'vitest';
import { runChild } from './child.ts';
import { createTestStream, STREAM, type TestStream } from './kinesis.ts';

const FOLDER = new URL('../recipes/', import.meta.url);
const REQUESTS = 20;

/** What Next would run once the response is out. */
const afterwards: (() => unknown)[] = [];
vi.mock('next/server', () => ({ after: (task: () => unknown) => afterwards.push(task) }));

function setEnvironment(stream: TestStream): void {
  Object.assign(process.env, stream.env, { STREAM_NAME: STREAM });
}

test.each(['fastify', 'express', 'hono'])(
  '%s: requests that await nothing, a SIGTERM, and everything is delivered',
  async (name) => {
    await using stream = await createTestStream();
    const script = new URL(`${name}.ts`, FOLDER);
    await using child = runChild(script, [], { ...stream.env, STREAM_NAME: STREAM, PORT: '0' });
    let output = '';
    while (!/port: \d+|:\d{4,5}/.test(output)) output += await child.line();
    const [, port = ''] = /port: (\d+)/.exec(output) ?? /:(\d{4,5})/.exec(output) ?? [];
    const ids = Array.from({ length: REQUESTS }, (_, index) => String(index));
    const bodies = ids.map(async (id) => {
      const response = await fetch(`http://127.0.0.1:${port}/products/${id}`);
      return response.json();
    });
    expect(await Promise.all(bodies)).toEqual(ids.map((id) => ({ product: id })));
    child.process.kill('SIGTERM');
    expect(await child.ended).toBe('SIGTERM');
    const events = (await stream.records()).map(({ event }) => event);
    const paths = events.map((event) =>
      event.event_type === 'page_view' ? new URL(event.url).pathname : '',
    );
    expect(paths.toSorted()).toEqual(ids.map((id) => `/products/${id}`).toSorted());
    expect(child.stderr()).toBe('');
  },
);

test('Lambda: the event is in the stream when the result is', async () => {
  await using stream = await createTestStream();
  setEnvironment(stream);
  const { handler } = await import('../recipes/lambda.ts');
  const event = { rawPath: '/products/1', requestContext: { http: { userAgent: 'curl/8' } } };
  const context = { getRemainingTimeInMillis: () => 20_000 };
  const result: unknown = await Reflect.apply(handler, undefined, [event, context] satisfies [
    DeepPartial<APIGatewayProxyEventV2>,
    Partial<Context>,
  ]);
  expect(result).toEqual({ statusCode: 204 });
  expect(await stream.records()).toMatchObject([
    { event: { url: 'https://shop.example/products/1', user_agent: 'curl/8' } },
  ]);
});

test('Next: the route answers at once, and what it leaves for afterwards delivers', async () => {
  await using stream = await createTestStream();
  setEnvironment(stream);
  const { POST } = await import('../recipes/next/route.ts');
  const { producer } = await import('../recipes/next/producer.ts');
  const request = new Request('http://localhost/api/click?element=buy&page=/cart', {
    method: 'POST',
  });
  expect(POST(request).status).toBe(204);
  expect(producer.stats()).toMatchObject({ bufferedRecords: 1 });
  for (const task of afterwards) await task();
  expect(await stream.records()).toMatchObject([{ event: { element_id: 'buy', page: '/cart' } }]);
  await producer.close();
});

test.each([
  'fastify.ts',
  'express.ts',
  'hono.ts',
  'lambda.ts',
  'next/producer.ts',
  'next/route.ts',
])('the README shows %s as it is run here', async (name) => {
  const readme = await readFile(new URL('../README.md', FOLDER), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${await readFile(new URL(name, FOLDER), 'utf8')}\`\`\``);
});

type DeepPartial<T> = { [Key in keyof T]?: T[Key] extends object ? DeepPartial<T[Key]> : T[Key] };
