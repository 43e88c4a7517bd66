/**
 * What an event is made of, in the words and with the checks of its generated validator: what
 * {@link explain} walks through when the validator has said no.
 */
export type Shape = ValueShape | ListShape | RecordShape;

interface Described {
  /** In words, without what is inside: `a string of at most 256 characters`. */
  readonly expected: string;
}

/** Nothing is inside it. */
export interface ValueShape extends Described {
  readonly is: (value: unknown) => boolean;
}

export interface ListShape extends Described {
  readonly items: Shape;
  readonly minItems: number;
  readonly maxItems: number;
}

export interface RecordShape extends Described {
  readonly fields: Readonly<Record<string, Shape>>;
  /** Names of the fields that must be there. */
  readonly required: readonly string[];
  /** Whether any other field is refused. */
  readonly closed: boolean;
}
