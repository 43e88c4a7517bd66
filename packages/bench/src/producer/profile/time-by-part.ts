import type { Profiler } from 'node:inspector';
import type { Figures } from '../../rounds.ts';

/** A part of the work of a producer, told by the files that the time was spent in. */
export interface Part {
  /** Its name among the figures: µs of the main thread per event. */
  readonly figure: string;
  readonly title: string;
  readonly files: RegExp;
}

/** The first that matches a file has it. */
export const parts: readonly Part[] = [
  part('sdkUs', 'the AWS SDK: middleware, signing', /node_modules\/(@aws-sdk|@smithy|aws-sdk)\//),
  part('wireUs', 'Node.js: TLS, HTTP, SHA-256, timers', /^node:/),
  part('validationUs', 'validation', /packages\/events\//),
  part('callUs', 'the call: copy, promise', /producer\/src\/(create-producer|snapshot|intake)\.ts/),
  part(
    'writingUs',
    'events as JSON, ids',
    /producer\/src\/(seal-event|byte-arena|uuid-v7|tracked-event)\.ts/,
  ),
  part(
    'bodiesUs',
    'request bodies and answers, aggregates',
    /producer\/src\/(put-records|record-writer)\.ts|packages\/aggregation\//,
  ),
  part('orderUs', 'order, batches, retries, receipts', /packages\/producer\//),
  part('driverUs', 'the arm itself', /packages\/bench\//),
  part('collectorUs', 'garbage collection', /^\(garbage collector\)$/),
  part('idleUs', 'waiting', /^\(idle\)$/),
  part('otherUs', 'other', /.*/),
];

function part(figure: string, title: string, files: RegExp): Part {
  return { figure, title, files };
}

/** Writing text into memory and reading it is the work of who asks for it. */
const BUFFER = /^node:(internal\/)?buffer$/;

/**
 * Where the time of a CPU profile went, in µs per event. Native functions, regular expressions and
 * those of `Buffer` count for the file that calls them.
 */
export function timeByPart(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  events: number,
): Figures {
  const callers = new Map<number, Profiler.ProfileNode>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) for (const child of node.children ?? []) callers.set(child, node);
  const figures = new Map(nodes.map((node) => [node.id, figureOf(placeOf(node, callers))]));
  const us: Record<string, number> = Object.fromEntries(parts.map(({ figure }) => [figure, 0]));
  for (const [index, id] of samples.entries()) {
    const figure = byId.has(id) ? figures.get(id) : undefined;
    if (figure !== undefined) us[figure] = (us[figure] ?? 0) + (timeDeltas[index] ?? 0) / events;
  }
  return us;
}

/** The file that a node's time belongs to, or what the profiler says instead, in parentheses. */
function placeOf(
  { id, callFrame }: Profiler.ProfileNode,
  callers: ReadonlyMap<number, Profiler.ProfileNode>,
): string {
  const { url, functionName } = callFrame;
  if (functionName.startsWith('(')) return functionName;
  const caller = callers.get(id);
  const isOfCaller = url === '' || BUFFER.test(url);
  return isOfCaller && caller !== undefined ? placeOf(caller, callers) : url;
}

function figureOf(place: string): string {
  return parts.find(({ files }) => files.test(place))?.figure ?? 'otherUs';
}
