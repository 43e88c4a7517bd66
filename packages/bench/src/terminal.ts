/** Where a command speaks: results on `out`, progress and complaints on `err`. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** 0 done, 1 a target was missed or a run failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;
