/**
 * What the generated validators are made of. Every function here answers for one keyword of JSON
 * Schema.
 */

/** `type: object`. Arrays are none. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `type: array` with its bounds, every item passing `check`. */
export function isArrayOf(
  value: unknown,
  minItems: number,
  maxItems: number,
  check: (item: unknown) => boolean,
): boolean {
  if (!Array.isArray(value)) return false;
  const { length } = value;
  if (!(length >= minItems && length <= maxItems)) return false;
  for (let index = 0; index < length; index += 1) {
    if (!check(value[index])) return false;
  }
  return true;
}

/** `minLength`, in code points. */
export function isAtLeast(value: string, minLength: number): boolean {
  if (value.length < minLength) return false;
  return value.length >= 2 * minLength || codePoints(value) >= minLength;
}

/** `maxLength`, in code points. A string that is far too long is not counted. */
export function isAtMost(value: string, maxLength: number): boolean {
  if (value.length <= maxLength) return true;
  return value.length <= 2 * maxLength && codePoints(value) <= maxLength;
}

/** Length in Unicode code points; a lone surrogate counts as one. */
export function codePoints(value: string): number {
  let count = value.length;
  for (let index = 0; index < value.length - 1; index += 1) {
    if ((value.charCodeAt(index) & 0xfc00) !== 0xd800) continue;
    if ((value.charCodeAt(index + 1) & 0xfc00) !== 0xdc00) continue;
    count -= 1;
    index += 1;
  }
  return count;
}

/**
 * `multipleOf` a negative power of ten, `scale` being its inverse. Exact on the shortest decimal
 * form of the number: 19.99 has two decimals although its binary value has more.
 */
export function hasDecimals(value: number, scale: number): boolean {
  return Math.round(value * scale) / scale === value;
}

// Written without repetitions over 3, which take a slow path in V8.
const DATE_TIME =
  /^\d\d\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** `format: date-time`: RFC 3339 on a day that the calendar has. Leap seconds are refused, as `Date` does. */
export function isDateTime(value: string): boolean {
  return DATE_TIME.test(value) && isCalendarDay(value);
}

const UTC_MILLISECONDS = '0000-00-00T00:00:00.000Z';
const ZERO = 48;
const NINE = 57;

/**
 * `format: date-time` in the one form that `Date.prototype.toISOString()` writes for years of four
 * digits. A third of the time of a pattern and {@link isDateTime}.
 */
export function isUtcMilliseconds(value: string): boolean {
  if (value.length !== UTC_MILLISECONDS.length) return false;
  for (let index = 0; index < UTC_MILLISECONDS.length; index += 1) {
    const code = value.charCodeAt(index);
    const expected = UTC_MILLISECONDS.charCodeAt(index);
    if (expected === ZERO ? code < ZERO || code > NINE : code !== expected) return false;
  }
  if (twoDigits(value, 11) > 23 || twoDigits(value, 14) > 59 || twoDigits(value, 17) > 59)
    return false;
  return isCalendarDay(value);
}

/** Whether there is the day that a date-time begins with. */
function isCalendarDay(value: string): boolean {
  const day = twoDigits(value, 8);
  const month = twoDigits(value, 5);
  if (day < 1 || month < 1 || month > 12) return false;
  if (day <= 28) return true;
  if (month !== 2)
    return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
  const year = Number(value.slice(0, 4));
  return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function twoDigits(value: string, index: number): number {
  return 10 * (value.charCodeAt(index) - ZERO) + value.charCodeAt(index + 1) - ZERO;
}

/** http and https on a plain host name with any port below 10000, which no URL parser refuses. */
const PLAIN_URL =
  /^https?:\/\/(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)*[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?::\d{1,4})?(?:[/?#]|$)/;

/** `format: uri`: absolute, and `new URL()` can parse it, which most URLs are known to without it. */
export function isUri(value: string): boolean {
  return PLAIN_URL.test(value) || URL.canParse(value);
}

const HTTP_URL = /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s\p{Cs}/?#\\][^\s\p{Cs}]*$/u;

/** {@link PLAIN_URL} and nothing but printable ASCII behind it, so that it is an HTTP_URL as well. */
const PLAIN_HTTP_URL =
  /^https?:\/\/(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)*[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?::\d{1,4})?(?:[/?#][!-~]*)?$/;

/** `format: uri` and the pattern of an http or https URL: most are known to be both in one look. */
export function isHttpUrl(value: string): boolean {
  return PLAIN_HTTP_URL.test(value) || (HTTP_URL.test(value) && isUri(value));
}
