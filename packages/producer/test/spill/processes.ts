import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('spill-scripts.ts', import.meta.url));

/** A process of its own that has a log open; see spill-scripts.ts. */
export class SpillProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** The lines that it has printed. */
  readonly lines: string[] = [];
  readonly #ended: Promise<unknown>;

  constructor(script: string, directory: string, firstNumber = 0) {
    const args = ['--conditions=@clickstream/source', SCRIPT, script, directory, `${firstNumber}`];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (this.#child.stdout === null) throw new Error('no pipe');
    const lines = createInterface({ input: this.#child.stdout });
    lines.on('line', (line) => this.lines.push(line));
    // All that was printed has been read then.
    this.#ended = Promise.all([once(lines, 'close'), once(this.#child, 'exit')]);
  }

  async printed(lines: number): Promise<void> {
    while (this.lines.length < lines) {
      if (this.#child.exitCode !== null) throw new Error('the process has ended');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
  }
}
