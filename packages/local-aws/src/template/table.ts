import {
  CreateTableCommand,
  DescribeTableCommand,
  type KeySchemaElement,
  type Projection,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import type { Properties } from './properties.ts';
import type { CreateResource } from './resource.ts';

/**
 * `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable`, the latter without replicas. Capacity is
 * unlimited, items do not expire, and backups and encryption have no local counterpart.
 */
export const createTable: CreateResource = async (properties, context) => {
  const TableName = properties.optionalString('TableName') ?? context.defaultName;
  if (properties.values['StreamSpecification'] !== undefined)
    context.warn(`Table ${context.logicalId} has a stream on AWS; there is none locally.`);
  const local = properties.objects('LocalSecondaryIndexes').map(index);
  const global = properties.objects('GlobalSecondaryIndexes').map(index);
  const { dynamodb } = context.services;
  const creation = new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: properties.objects('AttributeDefinitions').map((definition) => ({
      AttributeName: definition.string('AttributeName'),
      AttributeType: definition.oneOf('AttributeType', ['S', 'N', 'B']),
    })),
    KeySchema: keySchema(properties),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
  });
  const { TableArn = '', TableId = '' } = await dynamodb
    .send(creation)
    .then(({ TableDescription = {} }) => TableDescription)
    .catch(async (error: unknown) => {
      if (!(context.mayExist && error instanceof ResourceInUseException)) throw error;
      const { Table = {} } = await dynamodb.send(new DescribeTableCommand({ TableName }));
      return Table;
    });
  return { ref: TableName, attributes: { Arn: TableArn, TableId } };
};

function keySchema(properties: Properties): KeySchemaElement[] {
  return properties.objects('KeySchema').map((key) => ({
    AttributeName: key.string('AttributeName'),
    KeyType: key.oneOf('KeyType', ['HASH', 'RANGE']),
  }));
}

function index(properties: Properties) {
  return {
    IndexName: properties.string('IndexName'),
    KeySchema: keySchema(properties),
    Projection: projection(properties.optionalObject('Projection')),
  };
}

function projection(properties: Properties | undefined): Projection {
  const type = properties?.optionalOneOf('ProjectionType', ['ALL', 'KEYS_ONLY', 'INCLUDE']);
  const names = properties?.values['NonKeyAttributes'];
  return {
    ProjectionType: type ?? 'ALL',
    ...(Array.isArray(names) && { NonKeyAttributes: names.map(String) }),
  };
}
