/** A producer whose stream never answers, to be killed; run by producer.test.ts. */
import { writeSync } from 'node:fs';
import { createProducer } from '../../src/index.ts';

const [, , directory = ''] = process.argv;
const producer = createProducer({
  streamName: 'clicks',
  transport: { putRecords: () => new Promise(() => undefined) },
  spill: { directory },
});
// So large that a smaller event may find room where the next of these does not.
const padding = 'x'.repeat(800);
for (let number = 0; ; number += 1) {
  void producer.pageView({
    user_id: `user-${number % 3}`,
    url: `https://shop.example/${padding}/${number}`,
  });
  writeSync(1, `${number}\n`);
  if (number % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
