import type { DemoLedger } from './demo.ts';
import { findings } from './ledger.ts';

const number = new Intl.NumberFormat('en-US');

function formatChaos(chaos: DemoLedger['chaos']): string[] {
  if (!chaos) return [];
  const rows = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, count]) => `  ${number.format(count).padStart(9)}  ${name}`);
  const happened = Object.entries(chaos.faults).filter(([, count]) => count > 0);
  const missing = Object.keys(chaos.faults).filter((kind) => chaos.faults[kind] === 0);
  return [
    '',
    'Killed',
    ...rows(chaos.kills),
    '',
    `Resharded ${chaos.reshards} times while records flowed`,
    `The shop's clock was off by ${chaos.clockSkewsMs.map((ms) => `${Math.round(ms / 1000)} s`).join(', ')}`,
    '',
    'Faults',
    ...rows(Object.fromEntries(happened)),
    ...(missing.length > 0 ? [`  Did not happen in this run: ${missing.join('; ')}`] : []),
  ];
}

/** What became of events without a receipt, which nobody was promised anything of. */
function alsoApplied(ledger: DemoLedger, kind: 'undeliverable' | 'unconfirmed'): string {
  return ledger[kind] > 0
    ? `, ${number.format(ledger.appliedThough[kind])} of these are in the table`
    : '';
}

/** The ledger as people read it. */
export function formatLedger(ledger: DemoLedger): string {
  const quarantined = Object.values(ledger.quarantined).reduce((sum, count) => sum + count, 0);
  const reasons = Object.entries(ledger.quarantined).map(([reason, n]) => `${reason} ${n}`);
  const rows: [string, number, string?][] = [
    ['tracked', ledger.tracked, 'events that the shoppers sent to the storefront'],
    ['delivered', ledger.delivered, 'of them with a receipt from the stream'],
    [
      'undeliverable',
      ledger.undeliverable,
      `of them reported back as not delivered${alsoApplied(ledger, 'undeliverable')}`,
    ],
    [
      'unconfirmed',
      ledger.unconfirmed,
      `of them never answered${alsoApplied(ledger, 'unconfirmed')}`,
    ],
    ['foreign', ledger.foreign, "records put on the stream by somebody else's program"],
    ['applied', ledger.applied, 'events in the table'],
    ['quarantined', quarantined, reasons.join(', ')],
    ['expired', ledger.expired],
    ['lost', ledger.lost, "of what had a receipt, and of the other program's records"],
    ['duplicated', ledger.duplicated],
    ['reordered', ledger.reordered],
  ];
  const lines = rows.map(([name, count, note]) =>
    `  ${name.padEnd(14)}${number.format(count).padStart(9)}  ${note ?? ''}`.trimEnd(),
  );
  const revenue = Object.entries(ledger.revenue).map(
    ([currency, { expected, stored }]) =>
      `  revenue ${currency} ${stored.padStart(16)}  ${expected === stored ? 'exact' : `expected ${expected}`}`,
  );
  const seconds = (ledger.durationMs / 1000).toFixed(1);
  const rate = `${number.format(ledger.eventsPerSecond)} events/s from the first event to the last write, ${seconds} s in all`;
  const found = findings(ledger);
  const waiting = quarantined - ledger.foreign;
  const redrive =
    waiting > 0
      ? ` ${number.format(waiting)} of the shoppers' events wait there to be redriven.`
      : '';
  const verdict =
    found.length === 0
      ? `Every record was applied exactly once or lies in quarantine with its payload.${redrive}`
      : `The ledger does not balance: ${found.join('; ')}.`;
  return ['Ledger', ...lines, ...revenue, ...formatChaos(ledger.chaos), '', rate, verdict].join(
    '\n',
  );
}
