import { LocalAwsError } from '../local-aws-error.ts';
import type { SynthesizedStack } from './assembly.ts';
import { createBucket } from './bucket.ts';
import { createFunction } from './function.ts';
import { createResolver, noValue } from './intrinsics.ts';
import { isRecord, type JsonRecord, recordAt, stringAt } from './json.ts';
import { createMapping } from './mapping.ts';
import { readProperties } from './properties.ts';
import { createQueue } from './queue.ts';
import type {
  CreatedResource,
  CreateResource,
  MappingDefinition,
  ResourceContext,
  Services,
} from './resource.ts';
import { resourceOrder } from './resource-order.ts';
import { createStream } from './stream.ts';
import { createTable } from './table.ts';

const creators = new Map<string, CreateResource>([
  ['AWS::DynamoDB::GlobalTable', createTable],
  ['AWS::DynamoDB::Table', createTable],
  ['AWS::Kinesis::Stream', createStream],
  [
    'AWS::Lambda::Alias',
    (properties) => versionOf(properties.string('FunctionName'), properties.string('Name')),
  ],
  ['AWS::Lambda::EventSourceMapping', createMapping],
  ['AWS::Lambda::Function', createFunction],
  ['AWS::Lambda::Version', (properties) => versionOf(properties.string('FunctionName'), '1')],
  ['AWS::S3::Bucket', createBucket],
  ['AWS::SQS::Queue', createQueue],
]);

// Permissions, observation and housekeeping: nothing that events go through.
const withoutEffect = [
  'AWS::ApplicationAutoScaling::',
  'AWS::CDK::Metadata',
  'AWS::CloudFormation::CustomResource',
  'AWS::CloudWatch::',
  'AWS::CodeDeploy::',
  'AWS::IAM::',
  'AWS::KMS::',
  'AWS::Lambda::Permission',
  'AWS::Logs::',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
  'Custom::',
];

/** A resource of the template that does not exist locally. */
export interface SkippedResource {
  readonly logicalId: string;
  readonly type: string;
}

/** A stack whose resources exist in the local services. */
export interface CreatedStack {
  readonly outputs: Readonly<Record<string, string>>;
  readonly mappings: readonly MappingDefinition[];
  /** Names of functions by their logical id. */
  readonly functions: ReadonlyMap<string, string>;
  readonly skipped: readonly SkippedResource[];
}

/** Options of {@link createResources}. */
export interface CreateResourcesOptions {
  readonly services: Services;
  readonly region: string;
  readonly accountId: string;
  /** Whether resources may be there already. A queue takes on changed attributes, others stay as they are. */
  readonly mayExist: boolean;
  readonly warn: (message: string) => void;
}

/**
 * Creates a template's resources in the local services, in the order of their references.
 *
 * @throws {@link LocalAwsError} `invalid_template`, naming the logical id, or `resource_failed` when
 *   a service refuses a resource
 */
export async function createResources(
  stack: SynthesizedStack,
  options: CreateResourcesOptions,
): Promise<CreatedStack> {
  const resources = recordAt(stack.template, 'Resources');
  const created = new Map<string, CreatedResource>();
  const functions = new Map<string, string>();
  const mappings: MappingDefinition[] = [];
  const skipped: SkippedResource[] = [];
  const pseudo = pseudoParameters(stack.name, options);

  const resolver = createResolver(stack.template, {
    ref(name) {
      if (pseudo.has(name)) return pseudo.get(name);
      const parameter = recordAt(stack.template, 'Parameters')[name];
      if (isRecord(parameter)) return parameterValue(name, parameter);
      return resourceNamed(name).ref;
    },
    attribute(logicalId, name) {
      const { attributes } = resourceNamed(logicalId);
      const value = attributes[name] ?? attributes['*'];
      if (value !== undefined) return value;
      throw new LocalAwsError('invalid_template', `${logicalId} has no attribute ${name} locally.`);
    },
  });

  function resourceNamed(logicalId: string): CreatedResource {
    const found = created.get(logicalId);
    if (found) return found;
    throw new LocalAwsError(
      'invalid_template',
      `The template refers to ${logicalId}, which is no parameter and no resource that exists locally. Remove the reference, or the condition that leaves the resource out.`,
    );
  }

  async function create(logicalId: string): Promise<void> {
    const resource = recordAt(resources, logicalId);
    const type = stringAt(resource, 'Type') ?? '';
    const where = `Resources.${logicalId}`;
    const condition = stringAt(resource, 'Condition');
    if (condition !== undefined && !resolver.condition(condition, where)) return;
    const creator = creators.get(type);
    if (!creator) {
      skipped.push({ logicalId, type });
      // A stand-in for references such as a function's role; nothing looks it up.
      if (withoutEffect.some((prefix) => type.startsWith(prefix)))
        created.set(logicalId, {
          ref: logicalId,
          attributes: { '*': `arn:aws:local:::${logicalId}` },
        });
      else options.warn(`${logicalId} (${type}) is not run locally.`);
      return;
    }
    const values = resolver.resolve(resource['Properties'] ?? {}, `${where}.Properties`);
    const context: ResourceContext = {
      ...options,
      logicalId,
      defaultName: `${stack.name}-${logicalId}`,
      assetDirs: stack.assetDirs,
      hasFunction: (name) => [...functions.values()].includes(name),
    };
    const result = await attempt(logicalId, type, () =>
      creator(readProperties(isRecord(values) ? values : {}, where), context),
    );
    created.set(logicalId, result);
    if (result.functionName !== undefined) functions.set(logicalId, result.functionName);
    if (result.mapping) mappings.push(result.mapping);
  }

  for (const logicalId of resourceOrder(resources)) await create(logicalId);

  const outputs: Record<string, string> = {};
  for (const [name, output] of Object.entries(recordAt(stack.template, 'Outputs'))) {
    if (!isRecord(output)) continue;
    const where = `Outputs.${name}`;
    const condition = stringAt(output, 'Condition');
    if (condition !== undefined && !resolver.condition(condition, where)) continue;
    outputs[name] = String(resolver.resolve(output['Value'], where));
  }
  return { outputs, mappings, functions, skipped };
}

async function attempt<T>(
  logicalId: string,
  type: string,
  action: () => Promise<T> | T,
): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof LocalAwsError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LocalAwsError(
      'resource_failed',
      `Resources.${logicalId} (${type}) could not be created: ${reason}`,
      { cause },
    );
  }
}

function versionOf(functionName: string, qualifier: string): CreatedResource {
  const ref = `${functionName}:${qualifier}`;
  return { ref, attributes: { Version: '1', FunctionArn: ref, AliasArn: ref } };
}

function parameterValue(name: string, parameter: JsonRecord): unknown {
  const isLookedUp = stringAt(parameter, 'Type')?.startsWith('AWS::SSM::') ?? false;
  if (parameter['Default'] !== undefined && !isLookedUp) return parameter['Default'];
  throw new LocalAwsError(
    'invalid_template',
    isLookedUp
      ? `Parameters.${name} is looked up in SSM, which does not exist locally; write its value in.`
      : `Parameters.${name} has no default, and nobody gives it a value locally; add a default.`,
  );
}

function pseudoParameters(
  stackName: string,
  { region, accountId }: CreateResourcesOptions,
): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ['AWS::AccountId', accountId],
    ['AWS::NoValue', noValue],
    ['AWS::NotificationARNs', []],
    ['AWS::Partition', 'aws'],
    ['AWS::Region', region],
    ['AWS::StackId', `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`],
    ['AWS::StackName', stackName],
    ['AWS::URLSuffix', 'amazonaws.com'],
  ]);
}
