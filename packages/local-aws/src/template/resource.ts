import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { EventSourceMappingProperties } from '@clickstream/event-source-mapping';
import type { Lambda } from '../lambda/lambda.ts';
import type { Properties } from './properties.ts';

/** Where resources are created. */
export interface Services {
  readonly kinesis: KinesisClient;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly lambda: Pick<Lambda, 'createFunction'>;
}

/** An event source mapping whose source and function exist. */
export interface MappingDefinition {
  readonly logicalId: string;
  readonly kind: 'kinesis' | 'sqs';
  readonly functionName: string;
  readonly properties: EventSourceMappingProperties;
}

/** What the creation of one resource has at hand. */
export interface ResourceContext {
  readonly logicalId: string;
  /** The resource's name, unless its properties give one. */
  readonly defaultName: string;
  readonly services: Services;
  readonly region: string;
  readonly accountId: string;
  /** The directory of an asset by its S3 key. */
  readonly assetDirs: ReadonlyMap<string, string>;
  /** Whether a function of that name was created. */
  readonly hasFunction: (name: string) => boolean;
  /** Whether the resource may be there already, kept from an earlier run. */
  readonly mayExist: boolean;
  /** Tells the user what is not run as on AWS. */
  readonly warn: (message: string) => void;
}

/** What other resources see of a created one. */
export interface CreatedResource {
  /** The value of `Ref`. */
  readonly ref: string;
  /** The values of `Fn::GetAtt`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Set by a mapping: it starts once everything is there. */
  readonly mapping?: MappingDefinition;
  /** Set by a function. */
  readonly functionName?: string;
}

/** Creates one kind of resource in its local service. */
export type CreateResource = (
  properties: Properties,
  context: ResourceContext,
) => Promise<CreatedResource> | CreatedResource;
