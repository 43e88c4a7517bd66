/** A mapping, seen as something that takes inputs and gives commands. */
interface Machine<Input, Command> {
  readonly step: (
    input: Input | { readonly type: 'tick' | 'stop' },
    nowMs: number,
  ) => readonly (Command | Wake)[];
}

interface Wake {
  readonly type: 'wake';
  readonly atMs: number;
}

/** Gives a state machine a clock, and keeps track of what it has under way. */
export interface Driver<Input> {
  /** Tells the machine what happened and carries out what it answers. */
  readonly tell: (input: Input | { readonly type: 'tick' }) => void;
  /** Resolves to true as soon as `isSo` holds (looked at after every step), to false at the time limit or on close. */
  readonly until: (isSo: () => boolean, timeoutMs: number) => Promise<boolean>;
  readonly closed: () => boolean;
  /** Stops the machine and waits, within the limit, for what was handed to `perform` as `finishes`. */
  readonly close: (timeoutMs: number) => Promise<void>;
}

/**
 * @param perform carries out one command. It must not call `tell` before it returns. `work` is what
 * has to come to an end when the poller is closed: an invocation, a delete, a report.
 * @param now milliseconds since 1970
 */
export function createDriver<Input, Command extends { readonly type: string }>(
  machine: Machine<Input, Command>,
  perform: (command: Command, work: (task: Promise<void>) => void) => void,
  now: () => number,
): Driver<Input> {
  const tasks = new Set<Promise<void>>();
  const watchers = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let lastMs = 0;
  let state: 'running' | 'closing' | 'closed' = 'running';

  /** The machine's time does not go backwards when the computer's does. */
  function nowMs(): number {
    lastMs = Math.max(lastMs, now());
    return lastMs;
  }

  function work(task: Promise<void>): void {
    tasks.add(task);
    void task.finally(() => tasks.delete(task));
  }

  function tell(input: Input | { readonly type: 'tick' | 'stop' }): void {
    if (state === 'closed') return;
    clearTimeout(timer);
    for (const command of machine.step(input, nowMs())) {
      if (isWake(command)) setTimer(command.atMs);
      else perform(command, work);
    }
    for (const watcher of watchers) watcher();
  }

  function setTimer(atMs: number): void {
    timer = setTimeout(() => tell({ type: 'tick' }), Math.max(0, atMs - lastMs));
  }

  function until(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (answer: boolean): void => {
        clearTimeout(limit);
        watchers.delete(look);
        resolve(answer);
      };
      const look = (): void => {
        if (state !== 'running') settle(false);
        else if (isSo()) settle(true);
      };
      const limit = setTimeout(() => settle(false), timeoutMs);
      watchers.add(look);
      look();
    });
  }

  let closing: Promise<void> | undefined;
  async function closeOnce(timeoutMs: number): Promise<void> {
    state = 'closing';
    tell({ type: 'stop' });
    const limit = now() + timeoutMs;
    // An invocation that ends may be followed by a delete or a report.
    while (tasks.size > 0 && now() < limit) {
      await settledWithin(Promise.allSettled(tasks), limit - now());
    }
    state = 'closed';
    clearTimeout(timer);
    for (const watcher of watchers) watcher();
  }

  return {
    tell,
    until,
    closed: () => state !== 'running',
    close: (timeoutMs) => (closing ??= closeOnce(timeoutMs)),
  };
}

function isWake(command: { readonly type: string }): command is Wake {
  return command.type === 'wake';
}

async function settledWithin(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    limit = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([promise, timeout]);
  clearTimeout(limit);
}
