import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchForStall } from './stall.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('gives up when nothing has moved for too long, and says where it stood', async () => {
  let settled = 0;
  const watch = watchForStall(60_000, () => `settled ${settled}`);
  for (let second = 0; second < 180; second += 30) {
    settled += 1;
    await vi.advanceTimersByTimeAsync(30_000);
  }
  expect(watch.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(62_000);
  expect(watch.signal.reason).toMatchObject({
    code: 'stalled',
    message: expect.stringContaining('60 seconds, at settled 6') as unknown,
  });
  watch.close();
});
