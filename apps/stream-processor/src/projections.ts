import { PermanentError } from '@clickstream/consumer';
import type { Click, PageView, Purchase } from '@clickstream/events';
import { decimalOf, parseDecimal } from './decimal.ts';
import type { Increment } from './store.ts';

/**
 * What the events count. The event's own timestamp decides on the minute and the day, in UTC, so
 * an event counts where it happened however late it arrives.
 */

/** Page views per URL and minute. */
export function pageViews({ url, timestamp }: PageView): Increment {
  return { counter: `page_views|${url}|${minuteOf(timestamp)}`, by: decimalOf(1) };
}

/** Clicks per element and minute. */
export function clicks({ element_id: element, timestamp }: Click): Increment {
  return { counter: `clicks|${element}|${minuteOf(timestamp)}`, by: decimalOf(1) };
}

/**
 * Revenue per currency and day.
 * @throws PermanentError if the amount has more decimals than can be added up exactly
 */
export function revenue({ amount, currency, timestamp }: Purchase): Increment {
  const by = parseDecimal(amount);
  if (by === undefined) {
    throw new PermanentError(`The amount ${amount} is no number with at most four decimals`);
  }
  return { counter: `revenue|${currency}|${dayOf(timestamp)}`, by };
}

/** `2026-11-23T10:00` */
const minuteOf = (timestamp: string): string => upTo(timestamp, 'T00:00'.length);

/** `2026-11-23` */
const dayOf = (timestamp: string): string => upTo(timestamp, 0);

function upTo(timestamp: string, lengthOfTime: number): string {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) {
    throw new PermanentError(`The timestamp ${timestamp} is no moment on the calendar`);
  }
  const iso = date.toISOString();
  return iso.slice(0, iso.indexOf('T') + lengthOfTime);
}
