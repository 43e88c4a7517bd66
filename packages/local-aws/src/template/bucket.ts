import { BucketAlreadyOwnedByYou, CreateBucketCommand } from '@aws-sdk/client-s3';
import type { CreateResource } from './resource.ts';

const maxNameLength = 63;

/** `AWS::S3::Bucket`; objects do not expire, and encryption and access rules have no local counterpart. */
export const createBucket: CreateResource = async (properties, context) => {
  // Of a name that is too long the end is kept, which is the part that is unique.
  const fallback = context.defaultName
    .toLowerCase()
    .slice(-maxNameLength)
    .replace(/^[^a-z0-9]+/, '');
  const Bucket = properties.optionalString('BucketName') ?? fallback;
  if (properties.values['NotificationConfiguration'] !== undefined)
    context.warn(`Bucket ${context.logicalId} sends notifications on AWS; it sends none locally.`);
  try {
    await context.services.s3.send(new CreateBucketCommand({ Bucket }));
  } catch (error) {
    if (!(context.mayExist && error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
  const domain = `${Bucket}.s3.${context.region}.amazonaws.com`;
  return {
    ref: Bucket,
    attributes: {
      Arn: `arn:aws:s3:::${Bucket}`,
      DomainName: `${Bucket}.s3.amazonaws.com`,
      RegionalDomainName: domain,
    },
  };
};
