import type { AnyEvent, Click, PageView, Purchase } from '@clickstream/events';
import type { KinesisStreamBatchResponse, KinesisStreamHandler } from 'aws-lambda';
import { expect, expectTypeOf, test } from 'vitest';
import { everyHandler } from '../test/handlers.ts';
import {
  createKinesisHandler,
  type EventHandlers,
  type Outcome,
  type RecordContext,
} from './index.ts';

const onPermanentFailure = async (): Promise<void> => undefined;

test('every event needs a handler', () => {
  // @ts-expect-error -- purchase is missing
  const handlers: EventHandlers = { pageView: () => undefined, click: () => undefined };
  // @ts-expect-error -- purchase is missing
  const build = () => createKinesisHandler<void>({ handlers: { click() {} }, onPermanentFailure });
  expect(build).toThrow('the option handlers.pageView must be a function, not undefined');
  expectTypeOf(handlers).toExtend<object>();
});

test('an event and its context are typed in the handler', () => {
  type Handlers = EventHandlers<number>;
  expectTypeOf<Parameters<Handlers['pageView']>>().toEqualTypeOf<[PageView, RecordContext]>();
  expectTypeOf<Parameters<Handlers['click']>>().toEqualTypeOf<[Click, RecordContext]>();
  expectTypeOf<Parameters<Handlers['purchase']>>().toEqualTypeOf<[Purchase, RecordContext]>();
  expectTypeOf<ReturnType<Handlers['click']>>().toEqualTypeOf<number | Promise<number>>();
});

test('commit gets what the handlers return', () => {
  const handler = createKinesisHandler({
    handlers: everyHandler(() => 1, { purchase: async ({ amount }) => amount }),
    commit: async (outcomes) => {
      expectTypeOf(outcomes).toEqualTypeOf<readonly Outcome<number>[]>();
      expectTypeOf<Outcome<number>['event']>().toEqualTypeOf<AnyEvent>();
    },
    // What a queue or a store answers is nobody's business here.
    onPermanentFailure: async () => ({ messageId: '1' }),
  });
  expectTypeOf(handler).toExtend<KinesisStreamHandler>();
  expectTypeOf(handler).returns.resolves.toEqualTypeOf<KinesisStreamBatchResponse>();
});

test('a permanent failure cannot be ignored', () => {
  const handlers = everyHandler(() => undefined);
  // @ts-expect-error -- onPermanentFailure is missing
  const build = () => createKinesisHandler({ handlers });
  expectTypeOf(build).toBeFunction();
});
