// Loaded before a program (`node --import`): its wall clock is ahead by CLOCK_SKEW_MS, or behind.
// The monotonic clock, `performance.now()`, goes on as on a machine whose clock is merely wrong.
const skewMs = Number(process.env['CLOCK_SKEW_MS']);
const RealDate = Date;

class SkewedDate extends RealDate {
  constructor(...args: ConstructorParameters<typeof Date> | []) {
    if (args.length === 0) super(RealDate.now() + skewMs);
    else super(...args);
  }

  static override now(): number {
    return RealDate.now() + skewMs;
  }
}

Reflect.set(globalThis, 'Date', SkewedDate);
