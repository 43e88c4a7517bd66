import type { Consume } from '../arms.ts';

/** Reads the type of each event, so that parsing is not for nothing. */
export const floor: Consume = async ({ Records: records }) => {
  let events = 0;
  for (const { kinesis } of records) {
    const event: unknown = JSON.parse(Buffer.from(kinesis.data, 'base64').toString());
    if (typeof event === 'object' && event !== null && 'event_type' in event) events += 1;
  }
  return events;
};
