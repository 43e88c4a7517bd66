import { once } from 'node:events';
import { createProducer, drainOnSignal } from '@clickstream/producer';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const producer = createProducer({ streamName: process.env.STREAM_NAME! });
const app = new Hono();

app.get('/products/:id', (context) => {
  void producer.pageView({
    user_id: 'user-1', // who it is, you know
    url: context.req.url,
    user_agent: context.req.header('user-agent'),
  });
  return context.json({ product: context.req.param('id') });
});

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, console.log);
drainOnSignal(producer, {
  before: () => {
    server.close();
    return once(server, 'close');
  },
});
