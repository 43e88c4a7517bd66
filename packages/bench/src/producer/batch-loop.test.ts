import { expect, test } from 'vitest';
import { BATCH, createBatchLoop, IN_FLIGHT } from './batch-loop.ts';

test('batches go out when they are full, so many at a time, and the rest with the flush', async () => {
  const sizes: number[] = [];
  let open = 0;
  let most = 0;
  const loop = createBatchLoop<number>(async (batch) => {
    sizes.push(batch.length);
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setTimeout(resolve, 1));
    open -= 1;
    return 0;
  });
  for (let item = 0; item < 10 * BATCH + 7; item += 1) {
    loop.add(item);
    if ((item + 1) % BATCH === 0) await loop.room();
  }
  await loop.flush();
  expect(sizes).toEqual([...Array.from({ length: 10 }, () => BATCH), 7]);
  expect(most).toBe(IN_FLIGHT);
  expect(open).toBe(0);
});

test('what a batch did not send is counted, all of it when it failed', async () => {
  const answers = [() => Promise.resolve(3), () => Promise.reject(new Error('no'))];
  const loop = createBatchLoop<number>(async () => answers.shift()?.() ?? 0);
  for (let item = 0; item < 2 * BATCH; item += 1) loop.add(item);
  await loop.flush();
  expect(loop.failed()).toBe(3 + BATCH);
});
