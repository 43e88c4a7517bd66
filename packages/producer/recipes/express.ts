import { once } from 'node:events';
import { createProducer, drainOnSignal } from '@clickstream/producer';
import express from 'express';

const producer = createProducer({ streamName: process.env.STREAM_NAME! });
const app = express();

app.get('/products/:id', (request, response) => {
  void producer.pageView({
    user_id: 'user-1', // who it is, you know
    url: `https://shop.example${request.originalUrl}`,
    user_agent: request.get('user-agent'),
  });
  response.json({ product: request.params.id });
});

const server = app.listen(Number(process.env.PORT ?? 3000), () => {
  console.log(server.address());
});
drainOnSignal(producer, {
  before: () => {
    server.close(); // no new connections; idle ones are closed
    return once(server, 'close');
  },
});
