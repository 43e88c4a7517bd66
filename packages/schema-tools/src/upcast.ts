import type { Static, TObject } from '@sinclair/typebox';
import type { EventDefinition, Fields } from './define.ts';

/** The TypeScript type of some fields. */
export type PayloadOf<Payload extends Fields> = Static<TObject<Payload>>;

/** How an event of one major becomes one of the next. */
export interface UpcastDefinition {
  readonly from: EventDefinition;
  readonly to: EventDefinition;
  readonly upcast: (old: never) => object;
}

/**
 * Defines how readers turn an event of an older major into one of the next, so that handlers see the
 * newest shape only, whatever is still in the stream.
 *
 * The function gets the whole event as it came, fields of newer minor versions included, and returns
 * the fields of the new payload. The envelope (who, when, which) survives whatever it returns, and
 * `schema_version` becomes that of the new major. It must be pure, and must not throw on a valid
 * event. Its source is copied into the generated readers, without its types: it can use nothing but
 * its argument and the JavaScript language itself, and the compiler must do without annotations and
 * casts inside it. `pnpm schemas generate` tries it on the sample.
 *
 * @example
 * ```ts
 * defineUpcast({
 *   from: purchaseV1,
 *   to: purchase,
 *   upcast: ({ amount, currency, ...old }) => ({ ...old, total: { amount, currency } }),
 * });
 * ```
 */
export function defineUpcast<From extends Fields, To extends Fields>(definition: {
  readonly from: EventDefinition<From>;
  readonly to: EventDefinition<To>;
  readonly upcast: (old: PayloadOf<From>) => PayloadOf<To>;
}): UpcastDefinition {
  return definition;
}
