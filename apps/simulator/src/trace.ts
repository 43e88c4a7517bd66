import { createHash } from 'node:crypto';

/** What happened in a run, a line each, with the virtual time. Equal runs have equal traces. */
export interface Trace {
  readonly write: (line: string) => void;
  /** SHA-256 of all lines, in hex. */
  readonly digest: () => string;
  /** The lines, if they were kept. */
  readonly lines: readonly string[];
}

/** @param keep whether the lines are kept, and not only their digest */
export function createTrace(elapsedMs: () => number, keep: boolean): Trace {
  const hash = createHash('sha256');
  const lines: string[] = [];
  return {
    write(line) {
      const stamped = `${elapsedMs().toFixed(0).padStart(8)} ${line}`;
      hash.update(`${stamped}\n`);
      if (keep) lines.push(stamped);
    },
    digest: () => hash.copy().digest('hex'),
    lines,
  };
}
