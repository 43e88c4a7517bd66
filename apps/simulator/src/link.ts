import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Channel } from './schedule.ts';
import type { World } from './world.ts';

type Handle = NodeHttpHandler['handle'];
export type HttpRequest = Parameters<Handle>[0];
type HttpResult = Awaited<ReturnType<Handle>>;

/** A service's answer, before it is on the wire. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A service at the other end of a link. */
export interface Service {
  /** Which channel a request belongs to; undefined: nothing ever goes wrong with it. */
  readonly channelOf: (request: HttpRequest) => Channel | undefined;
  /** Carries a request out. `fault` is one that the service itself has to know how to do. */
  readonly serve: (request: HttpRequest, fault: string | undefined) => Answer | Promise<Answer>;
  /** How it says that it is too busy, and that it failed. */
  readonly refuse: (fault: 'throttle' | 'http_500') => Answer;
}

/** Who is at the near end of a link. */
export interface Caller {
  readonly name: string;
  readonly isAlive: () => boolean;
  readonly crash: (why: string) => void;
}

export interface LinkOptions {
  readonly world: World;
  readonly service: Service;
  readonly caller: Caller;
  /** How long the client waits for an answer, as its HTTP handler would. */
  readonly timeoutMs: number;
}

/** What a client of the AWS SDK takes as its `requestHandler`. */
export interface Link {
  readonly metadata: { readonly handlerProtocol: string };
  readonly handle: Handle;
  readonly destroy: () => void;
  readonly updateHttpClientConfig: () => void;
  readonly httpHandlerConfigs: () => Record<string, never>;
}

/**
 * Takes the place of HTTP between a client of the AWS SDK and a service: everything on either side
 * of it is the shipped code, or a service's model. Requests and answers take their time, and the
 * schedule's faults happen on the way. What a dead process asks for goes nowhere, and what it is
 * answered reaches nobody.
 */
export function createLink(options: LinkOptions): Link {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: (request, { abortSignal } = {}) =>
      new Promise((resolve, reject) => {
        if (!options.caller.isAlive()) return;
        carry(request, abortSignal, options, resolve, reject);
      }),
    destroy: () => undefined,
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

type AbortSignalLike = NonNullable<NonNullable<Parameters<Handle>[1]>['abortSignal']>;

function carry(
  request: HttpRequest,
  abortSignal: AbortSignalLike | undefined,
  { world, service, caller, timeoutMs }: LinkOptions,
  resolve: (result: HttpResult) => void,
  reject: (error: Error) => void,
): void {
  const channel = service.channelOf(request);
  const { name, fault } = channel === undefined ? { name: '' } : world.request(channel);
  const kind = fault?.kind;
  const laterMs = fault?.ms ?? 0;
  let isOver = false;

  /** The caller's side of the end, whatever it is. */
  const finish = (end: () => void): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(limit);
    signal?.removeEventListener('abort', abort);
    if (caller.isAlive()) end();
  };
  const lose = (code: string): void => {
    finish(() => reject(Object.assign(new Error(`read ${code}`), { code })));
  };
  const limit = setTimeout(() => {
    finish(() => reject(namedError('TimeoutError', `no answer after ${timeoutMs} ms`)));
  }, timeoutMs);
  const signal = abortSignal instanceof AbortSignal ? abortSignal : undefined;
  const abort = (): void => finish(() => reject(namedError('AbortError', 'Request aborted')));
  if (signal?.aborted === true) return abort();
  signal?.addEventListener('abort', abort, { once: true });

  const answer = ({ status, headers = {}, body }: Answer): void => {
    const response = { statusCode: status, headers: { ...headers }, body: Buffer.from(body) };
    setTimeout(
      () => finish(() => resolve({ response })),
      world.latencyMs() + (kind === 'slow' ? laterMs : 0),
    );
  };
  const countOnTheWay = (by: 1 | -1): void => {
    if (channel !== undefined) {
      world.onTheWay.set(channel, (world.onTheWay.get(channel) ?? 0) + by);
    }
  };
  const arrive = async (): Promise<void> => {
    countOnTheWay(-1);
    if (name !== '')
      world.trace.write(`${caller.name} ${name}${kind === undefined ? '' : ` ${kind}`}`);
    if (kind !== undefined) world.happened(`${channel} ${kind}`);
    if (kind === 'reset') return lose('ECONNRESET');
    if (kind === 'hang') return;
    if (kind === 'crash_before') return caller.crash(name);
    if (kind === 'throttle' || kind === 'http_500') return answer(service.refuse(kind));
    if (kind === 'twice') {
      countOnTheWay(1);
      setTimeout(() => {
        countOnTheWay(-1);
        void service.serve(request, kind);
      }, laterMs);
    }
    const served = service.serve(request, kind);
    const result = served instanceof Promise ? await served : served;
    if (kind === 'crash_after') return caller.crash(name);
    if (kind === 'commit_then_reset') return lose('ECONNRESET');
    if (kind !== 'commit_then_hang') answer(result);
  };
  countOnTheWay(1);
  setTimeout(() => void arrive(), world.latencyMs() + (kind === 'late' ? laterMs : 0));
}

function namedError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
