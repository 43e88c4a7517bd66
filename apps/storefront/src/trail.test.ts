import { expect, test } from 'vitest';
import { Trail } from './trail.ts';

const delivered = { event_id: 'e', shard_id: 's', sequence_number: '1', attempts: 1 };

test('an event is on its way until its sender is told', async () => {
  const trail = new Trail();
  const { promise, resolve } = Promise.withResolvers<typeof delivered>();
  const followed = trail.follow('ada', 'click', 'add-to-cart', promise);
  expect(trail.of('ada')).toEqual([{ event: 'click', detail: 'add-to-cart' }]);
  resolve(delivered);
  expect(await followed).toBe(delivered);
  expect(trail.of('ada')).toEqual([{ event: 'click', detail: 'add-to-cart', result: delivered }]);
});

test('the latest come first, and the trail does not grow for ever', async () => {
  const trail = new Trail();
  for (let n = 0; n < 30; n += 1) {
    await trail.follow('ada', 'click', `${n}`, Promise.resolve(delivered));
  }
  expect(trail.of('ada').map(({ detail }) => detail)).toEqual(
    Array.from({ length: 20 }, (_, n) => `${29 - n}`),
  );
});

test('those who were away for longest are forgotten', async () => {
  const trail = new Trail();
  const visit = (user: string): Promise<unknown> =>
    trail.follow(user, 'page_view', '/', Promise.resolve(delivered));
  await visit('first');
  await visit('second');
  for (let n = 0; n < 498; n += 1) await visit(`user-${n}`);
  await visit('first');
  await visit('one too many');
  expect(trail.of('first')).toHaveLength(2);
  expect(trail.of('second')).toEqual([]);
});

test('long texts are cut', async () => {
  const trail = new Trail();
  await trail.follow('ada', 'x'.repeat(1e6), 'y'.repeat(1e6), Promise.resolve(delivered));
  expect(JSON.stringify(trail.of('ada')).length).toBeLessThan(1000);
});
