import { createProducer, type Producer } from '@clickstream/producer';

/** One per process, also where Next bundles routes apart or reloads this module in development. */
const shared: typeof globalThis & { clickstream?: Producer } = globalThis;

shared.clickstream ??= createProducer({ streamName: process.env.STREAM_NAME! });
export const producer = shared.clickstream;
