import { createProducer, drainOnSignal } from '@clickstream/producer';
import fastify from 'fastify';

const producer = createProducer({ streamName: process.env.STREAM_NAME! });
const app = fastify();

app.get<{ Params: { id: string } }>('/products/:id', (request) => {
  void producer.pageView({
    user_id: 'user-1', // who it is, you know
    url: `https://shop.example${request.url}`,
    user_agent: request.headers['user-agent'],
  });
  return { product: request.params.id };
});

drainOnSignal(producer, { before: () => app.close() });
console.log(await app.listen({ port: Number(process.env.PORT ?? 3000) }));
