/** Small programs that track an event and end in one way or another; run by process-exit.test.ts. */
import { createProducer } from '../src/index.ts';

const producer = createProducer({ streamName: process.env['STREAM_NAME'] ?? '' });
const event = { user_id: 'user-1', url: 'https://shop.example/' };

const [, , script = ''] = process.argv;
switch (script) {
  case 'closes':
    void producer.pageView(event);
    await producer.close();
    break;
  case 'awaits and forgets to close':
    await producer.pageView(event);
    break;
  case 'neither awaits nor closes':
    void producer.pageView(event);
    break;
  case 'never tracks':
    break;
  case 'closes in vain':
    void producer.pageView(event);
    console.log(JSON.stringify(await producer.close({ timeoutMs: 300 })));
    break;
  default:
    throw new Error('no such script');
}
