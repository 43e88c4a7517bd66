import type { Profiler } from 'node:inspector';

/** Whose code it is, by a part of its address; the first that matches counts. */
const STAGES: readonly (readonly [stage: string, path: RegExp])[] = [
  ['Kinesis server', /\/local-aws\/src\/kinesis\//],
  ['DynamoDB server', /\/local-aws\/src\/dynamodb\/|\/dynalite\//],
  ['S3 and SQS server', /\/local-aws\/src\/s3-sqs\/|\/fauxqs\//],
  ['Lambda runtime', /\/local-aws\/src\/lambda\//],
  // The pollers are the only ones in that process who use the SDK.
  ['poller', /\/local-aws\/src\/|\/event-source-mapping\/|\/@aws-sdk\/|\/@smithy\//],
];
const IDLE = '(idle)';
const OTHER = 'HTTP and other';

/**
 * The processor time in a CPU profile by stage, in seconds: a sample belongs to the innermost
 * function on its stack that is some stage's code.
 */
export function secondsByStage(profile: Profiler.Profile): Readonly<Record<string, number>> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children = [] } of profile.nodes) {
    for (const child of children) parents.set(child, id);
  }
  const stages = new Map<number, string>();
  const stageOf = (id: number): string => {
    const known = stages.get(id);
    if (known !== undefined) return known;
    const { functionName = '', url = '' } = nodes.get(id)?.callFrame ?? {};
    const parent = parents.get(id);
    const own = STAGES.find(([, path]) => path.test(url))?.[0];
    const found = own ?? special(functionName) ?? (parent === undefined ? OTHER : stageOf(parent));
    stages.set(id, found);
    return found;
  };
  const seconds: Record<string, number> = {};
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const stage = stageOf(id);
    if (stage === IDLE) continue;
    seconds[stage] = (seconds[stage] ?? 0) + (profile.timeDeltas?.[index] ?? 0) / 1e6;
  }
  return seconds;
}

function special(functionName: string): string | undefined {
  if (functionName === IDLE) return IDLE;
  return functionName === '(garbage collector)' ? 'garbage collection' : undefined;
}
