import { importRival } from '../../../rivals/import-rival.ts';
import { type ArmSettings, REGION } from '../protocol.ts';

/** The part of the AWS SDK v2 client that the rivals, which are built on it, need. */
export interface KinesisV2 {
  readonly putRecords: (params: object, done: (error: unknown, data: unknown) => void) => unknown;
}

interface AwsSdkV2 {
  readonly default: { readonly Kinesis: new (options: object) => KinesisV2 };
}

/** Credentials, region and endpoint, as AWS SDK v2 calls them. */
export function optionsV2({ endpoint }: ArmSettings): object {
  return { region: REGION, endpoint, accessKeyId: 'bench', secretAccessKey: 'bench' };
}

export async function createKinesisV2(settings: ArmSettings): Promise<KinesisV2> {
  const { default: aws } = await importRival<AwsSdkV2>('aws-sdk');
  return new aws.Kinesis(optionsV2(settings));
}

/** Switches on connections that are kept, the way the documentation of AWS SDK v2 says. */
export const KEEP_ALIVE_V2 = { AWS_NODEJS_CONNECTION_REUSE_ENABLED: '1' };
