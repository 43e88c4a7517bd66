import type { RecordResult, Transport, TransportRecord } from './transport.ts';

/** The requests that are open. Each ends by its timeout, even if the transport heeds no signal. */
export class OpenRequests {
  readonly #transport: Transport;
  readonly #timeoutMs: number;
  /** One function per request, which cancels it. */
  readonly #cancels = new Set<(reason: Error) => void>();

  constructor(transport: Transport, timeoutMs: number) {
    this.#transport = transport;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#cancels.size;
  }

  /**
   * @param written the records; the request is open from now on, while they are still written
   * @throws whatever made the request fail as a whole
   */
  async send(
    written: readonly TransportRecord[] | Promise<readonly TransportRecord[]>,
  ): Promise<readonly RecordResult[]> {
    const controller = new AbortController();
    const cut = Promise.withResolvers<never>();
    const cancel = (reason: Error): void => {
      controller.abort(reason);
      cut.reject(reason);
    };
    const timer = setTimeout(() => {
      cancel(new Error(`no answer within requestTimeoutMs (${this.#timeoutMs} ms)`));
    }, this.#timeoutMs);
    this.#cancels.add(cancel);
    try {
      const { signal } = controller;
      const records = Array.isArray(written) ? written : await Promise.race([written, cut.promise]);
      const results = await Promise.race([
        this.#transport.putRecords(records, { signal }),
        cut.promise,
      ]);
      if (results.length !== records.length) {
        throw new Error(`the answer has ${results.length} results for ${records.length} records`);
      }
      return results;
    } finally {
      clearTimeout(timer);
      this.#cancels.delete(cancel);
    }
  }

  cancelAll(reason: string): void {
    for (const cancel of this.#cancels) cancel(new Error(reason));
  }
}
