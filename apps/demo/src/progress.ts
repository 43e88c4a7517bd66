import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** Shows how far the demo is; always on stderr, so that stdout stays the ledger's. */
export interface Progress {
  /** A step has begun. */
  step(text: string): void;
  /** Something to count towards `total`. */
  count(name: string, total: number): Counter;
  close(): void;
}

interface Counter {
  add(by: number): void;
  set(value: number): void;
}

const lineEveryMs = 2_000;

/** Bars on a terminal, a plain line now and then elsewhere. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? createBars(stream) : createLines(stream);
}

function createBars(stream: NodeJS.WriteStream): Progress {
  let bars: MultiBar | undefined;
  const close = (): void => {
    bars?.stop();
    bars = undefined;
  };
  return {
    step: (text) => {
      close();
      stream.write(`${text}\n`);
    },
    count: (name, total) => {
      bars ??= new MultiBar(
        { stream, format: '  {name} {bar} {value}/{total}', hideCursor: true, fps: 10 },
        Presets.shades_classic,
      );
      const bar: SingleBar = bars.create(total, 0, { name: name.padEnd(12) });
      return {
        add: (by) => bar.increment(by),
        set: (value) => bar.update(Math.min(value, bar.getTotal())),
      };
    },
    close,
  };
}

function createLines(stream: NodeJS.WriteStream): Progress {
  const counters = new Map<string, { value: number; total: number }>();
  const write = (): void => {
    const parts = [...counters].map(([name, { value, total }]) => `${name} ${value}/${total}`);
    if (parts.length > 0) stream.write(`  ${parts.join(', ')}\n`);
  };
  let timer: NodeJS.Timeout | undefined;
  const close = (): void => {
    clearInterval(timer);
    timer = undefined;
    write();
    counters.clear();
  };
  return {
    step: (text) => {
      close();
      stream.write(`${text}\n`);
    },
    count: (name, total) => {
      const counter = { value: 0, total };
      counters.set(name, counter);
      timer ??= setInterval(write, lineEveryMs).unref();
      return {
        add: (by) => {
          counter.value += by;
        },
        set: (value) => {
          counter.value = Math.min(value, total);
        },
      };
    },
    close,
  };
}
