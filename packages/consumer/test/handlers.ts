import type { AnyEvent } from '@clickstream/events';
import { type EventHandlers, handlerNames } from '../src/gen/handlers.ts';
import type { RecordContext } from '../src/record-context.ts';

/** One handler for every event that there is, whichever they are; `own` ones come first. */
export function everyHandler<Result>(
  handle: (event: AnyEvent, record: RecordContext) => Result | Promise<Result>,
  own: Partial<EventHandlers<Result>> = {},
): EventHandlers<Result> {
  const handlers = Object.fromEntries(handlerNames.map((name) => [name, handle]));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- handlerNames names them all
  return { ...handlers, ...own } as EventHandlers<Result>;
}
