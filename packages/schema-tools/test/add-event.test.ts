import { expect, test } from 'vitest';
import { composeEvents } from '../src/index.ts';
import { addToCart, registryOf, search } from './fixtures.ts';
import { createWorkspace, typeCheck } from './workspace.ts';

test('a new event makes the type checker point at every handler that is missing', async () => {
  await using workspace = await createWorkspace();
  await workspace.write(
    'app/handlers.ts',
    `import type { EventHandlers } from '../packages/consumer/src/gen/handlers.ts';
     export const handlers: EventHandlers<number> = {
       search: (event, context) => event.results + context.shardId.length,
     };`,
  );
  await workspace.write(
    'app/producer.ts',
    `import { eventMethods } from '../packages/producer/src/gen/methods.ts';
     const producer = eventMethods((contract, input) => Promise.resolve({ eventId: contract.type + input.user_id }));
     await producer.search({ user_id: 'u1', query: 'shoes', results: 3 });
     // @ts-expect-error -- results is missing
     await producer.search({ user_id: 'u1', query: 'shoes' });
     // @ts-expect-error -- a misspelled field
     await producer.search({ user_id: 'u1', query: 'shoes', results: 3, querry: 'x' });`,
  );

  await workspace.generate(composeEvents(registryOf(search)));
  expect(await typeCheck(workspace)).toBe('');

  await workspace.generate(composeEvents(registryOf(search, addToCart)));
  const complaint = await typeCheck(workspace);
  expect(complaint).toContain('app/handlers.ts');
  expect(complaint).toContain("Property 'addToCart' is missing");
  expect(complaint.match(/error TS/g)).toHaveLength(1);

  await workspace.write(
    'app/handlers.ts',
    `import type { EventHandlers } from '../packages/consumer/src/gen/handlers.ts';
     export const handlers: EventHandlers<number> = {
       search: (event) => event.results,
       addToCart: async (event) => event.product_id.length,
     };`,
  );
  expect(await typeCheck(workspace)).toBe('');
});
