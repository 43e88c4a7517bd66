/** At most one warning in this time. */
const WARNING_INTERVAL_MS = 10_000;

/** Tells whoever runs the process. Never throws. */
export type Warn = (message: string) => void;

/** Makes process warnings, not in a flood: those in between are counted. */
export function createWarner(): Warn {
  let quietUntilMs = 0;
  let suppressed = 0;
  return (message) => {
    const now = performance.now();
    if (now < quietUntilMs) {
      suppressed += 1;
      return;
    }
    const more = suppressed === 0 ? '' : `; ${suppressed} more since the last warning`;
    quietUntilMs = now + WARNING_INTERVAL_MS;
    suppressed = 0;
    process.emitWarning(`${message}${more}`, 'ClickstreamProducerWarning');
  };
}
