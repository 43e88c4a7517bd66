import type { Properties } from './properties.ts';
import type { CreateResource } from './resource.ts';

const maxNameLength = 64;

/** `AWS::Lambda::Function` of a Node.js runtime with its code in an asset directory. */
export const createFunction: CreateResource = (properties, context) => {
  const name =
    properties.optionalString('FunctionName') ?? context.defaultName.slice(-maxNameLength);
  const arn = `arn:aws:lambda:${context.region}:${context.accountId}:function:${name}`;
  const created = { ref: name, attributes: { Arn: arn } };
  const runtime = properties.optionalString('Runtime');
  if (!runtime?.startsWith('nodejs')) {
    // Helpers of CDK's own are often not Node.js; only a mapping to it would be a mistake.
    const kind = runtime ?? 'a container image';
    context.warn(`Function ${context.logicalId} (${kind}) does not run locally; only nodejs does.`);
    return created;
  }
  if (Array.isArray(properties.values['Layers']))
    context.warn(`Function ${context.logicalId} has layers; they are not there locally.`);
  const timeoutSeconds = properties.optionalNumber('Timeout');
  const memoryMb = properties.optionalNumber('MemorySize');
  const reservedConcurrency = properties.optionalNumber('ReservedConcurrentExecutions');
  context.services.lambda.createFunction({
    name,
    arn,
    codeDir: codeDir(properties, context.assetDirs),
    handler: properties.string('Handler'),
    environment: variables(properties),
    ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
    ...(memoryMb !== undefined && { memoryMb }),
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
  });
  return { ...created, functionName: name };
};

function codeDir(properties: Properties, assetDirs: ReadonlyMap<string, string>): string {
  const key = properties.optionalObject('Code')?.optionalString('S3Key');
  if (key === undefined)
    return properties.fail('Code', 'the code must be an asset; inline code is not run locally');
  const dir = assetDirs.get(key);
  return (
    dir ?? properties.fail('Code.S3Key', `the assembly has no asset ${key}; run "cdk synth" anew`)
  );
}

function variables(properties: Properties): Record<string, string> {
  const own = properties.optionalObject('Environment')?.optionalObject('Variables');
  return Object.fromEntries(
    Object.keys(own?.values ?? {}).map((name) => [name, own?.string(name) ?? '']),
  );
}
