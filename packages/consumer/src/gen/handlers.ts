import type { AnyEvent, Click, PageView, Purchase } from '@clickstream/events';
import type { RecordContext } from '../record-context.ts';

export interface EventHandlers<Result> {
  pageView(event: PageView, context: RecordContext): Result | Promise<Result>;
  click(event: Click, context: RecordContext): Result | Promise<Result>;
  purchase(event: Purchase, context: RecordContext): Result | Promise<Result>;
}

export function dispatch<Result>(
  handlers: EventHandlers<Result>,
  event: AnyEvent,
  context: RecordContext,
): Result | Promise<Result> {
  switch (event.event_type) {
    case 'page_view':
      return handlers.pageView(event, context);
    case 'click':
      return handlers.click(event, context);
    case 'purchase':
      return handlers.purchase(event, context);
  }
}
