import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundle } from '../bundle.ts';

export interface TypescriptFunctionProps {
  /** What it does, for the console. */
  readonly description: string;
  /** Path of the file that exports `handler`, relative to the root of the repository. */
  readonly entry: string;
  /** After this time Lambda kills the invocation, which then counts as a function error. */
  readonly timeout: Duration;
  /** Memory in MB. The share of a CPU grows with it, one full CPU at 1,769. */
  readonly memorySizeMegabytes: number;
  readonly environment: Record<string, string>;
  /** Everything that the function may do, besides writing its own log. */
  readonly mayDo: readonly PolicyStatement[];
}

/**
 * A Lambda function from a TypeScript file, on Node.js 24 and Graviton.
 *
 * The role holds exactly the statements given: CDK's own grants do not change it. They would give
 * more than is needed (deleting objects, writing items in batches) and hide what is given.
 */
export class TypescriptFunction extends Construct {
  readonly function: Function;
  readonly role: Role;
  /** How long an invocation may take. */
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: TypescriptFunctionProps) {
    super(scope, id);
    this.timeout = props.timeout;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
      // In the role itself, so that nothing can run between the role and its policy.
      inlinePolicies: {
        MayDo: new PolicyDocument({
          statements: [
            ...props.mayDo,
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
          ],
        }),
      },
    });
    this.function = new Function(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: bundle(props.entry),
      handler: 'index.handler',
      timeout: props.timeout,
      memorySize: props.memorySizeMegabytes,
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
      role: this.role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
    });
  }
}
