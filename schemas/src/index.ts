import { defineRegistry } from '@clickstream/schema-tools';
import { click } from './click.ts';
import { envelope } from './envelope.ts';
import { pageView } from './page-view.ts';
import { purchase } from './purchase.ts';

/** The registry: whatever is not listed here does not exist. */
export default defineRegistry({
  // `.example` is reserved (RFC 2606), so nobody can own the host and serve other schemas there. An
  // organisation that publishes its schemas puts its own address here, once, before its first event.
  baseUri: 'https://clickstream.example/schemas/',
  envelope,
  events: [
    pageView, //
    click,
    purchase,
  ],
});
