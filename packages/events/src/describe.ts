import { codePoints } from './checks.ts';

const SHOWN_CHARACTERS = 60;

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** What a value is, in words; never throws and never runs code of the value, except proxy traps. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return describeText(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  try {
    return Array.isArray(value) ? `an array of ${plural(value.length, 'item')}` : 'an object';
  } catch {
    return UNREADABLE;
  }
}

/** What stands for a value whose getter or proxy throws. */
export const UNREADABLE = 'a value that throws when it is read';

function describeText(value: string): string {
  const length = codePoints(value);
  if (length <= SHOWN_CHARACTERS) return JSON.stringify(value);
  // Two UTF-16 units a character at most, so this slice holds enough of them.
  const start = Array.from(value.slice(0, 2 * SHOWN_CHARACTERS))
    .slice(0, SHOWN_CHARACTERS)
    .join('');
  return `${JSON.stringify(start).slice(0, -1)}…" (${length} characters)`;
}
