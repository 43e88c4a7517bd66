import { schemas } from '@clickstream/events';
import type { KinesisStreamEvent } from 'aws-lambda';
import { importRival } from '../../../rivals/import-rival.ts';
import { zodTypes } from '../../validators/arms/zod.ts';
import type { Consume } from '../arms.ts';

interface BatchModule {
  BatchProcessor: new (eventType: string, parser: object) => object;
  readonly processPartialResponse: (
    event: KinesisStreamEvent,
    handler: (record: unknown) => Promise<void>,
    processor: object,
    options: { readonly processInParallel: boolean },
  ) => Promise<{ readonly batchItemFailures: readonly unknown[] }>;
}
interface Extendable {
  extend(fields: Record<string, unknown>): unknown;
}
interface KinesisSchemas {
  readonly KinesisDataStreamRecord: Extendable;
  readonly KinesisDataStreamRecordPayload: Extendable;
}
interface Helpers {
  readonly Base64Encoded: (schema: unknown) => unknown;
}

/** One after the other, as order demands; its default is all at once. */
const IN_ORDER = { processInParallel: false };

/** Powertools with a Zod schema of the same events, which tells them apart by their type. */
export async function open(schemaIsMade: 'once' | 'each record'): Promise<Consume> {
  const { BatchProcessor, processPartialResponse } = await importRival<BatchModule>(
    '@aws-lambda-powertools/batch',
  );
  const { parser } = await importRival<{ parser: unknown }>('@aws-lambda-powertools/batch/parser');
  const { zod, typeOf } = await zodTypes();
  const newest = schemas.filter(({ inputSchema }) => inputSchema !== undefined);
  const events = newest.map(({ schema }) => typeOf(schema));
  const innerSchema = zod.discriminatedUnion('event_type', events);
  const config =
    schemaIsMade === 'once'
      ? { schema: await recordSchema(innerSchema) }
      : { innerSchema, transformer: 'base64' };
  const processor = new BatchProcessor('KinesisDataStreams', { parser, ...config });
  return async (batch) => {
    let handled = 0;
    const handle = async (): Promise<void> => {
      handled += 1;
    };
    const { batchItemFailures } = await processPartialResponse(batch, handle, processor, IN_ORDER);
    return handled - batchItemFailures.length;
  };
}

async function recordSchema(event: unknown): Promise<unknown> {
  const { KinesisDataStreamRecord, KinesisDataStreamRecordPayload } =
    await importRival<KinesisSchemas>('@aws-lambda-powertools/parser/schemas/kinesis');
  const { Base64Encoded } = await importRival<Helpers>('@aws-lambda-powertools/parser/helpers');
  const kinesis = KinesisDataStreamRecordPayload.extend({ data: Base64Encoded(event) });
  return KinesisDataStreamRecord.extend({ kinesis });
}
