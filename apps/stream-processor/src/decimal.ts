/**
 * An exact decimal, in units of 1/10,000: the events allow four decimals. Sums of it are exact
 * too, which sums of `number` are not: 0.1 + 0.2.
 */
export type Decimal = bigint;

const DECIMALS = 4;
const UNITS = 10n ** BigInt(DECIMALS);

/** An integer as a decimal. */
export const decimalOf = (integer: number): Decimal => BigInt(integer) * UNITS;

/**
 * The decimal that was written where JavaScript now has a number: 19.99 is read as 19.99, although
 * the binary number nearest to it is a little more.
 * @returns undefined for what has more than four decimals, and for what is no finite number.
 */
export function parseDecimal(value: number): Decimal | undefined {
  if (Number.isInteger(value)) return decimalOf(value);
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)\.(\d{1,4})$/.exec(String(value)) ?? [];
  if (sign === undefined) return undefined;
  const units = BigInt(whole + fraction.padEnd(DECIMALS, '0'));
  return sign === '-' ? -units : units;
}

/** As plain digits, without needless zeros: `19.99`, `-0.5`, `3`. */
export function formatDecimal(value: Decimal): string {
  const digits = (value < 0n ? -value : value).toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  const whole = digits.slice(0, -DECIMALS);
  return `${value < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
}
