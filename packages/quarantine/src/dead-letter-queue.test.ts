import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyLetter } from '../test/arbitraries.ts';
import { startLocalServices } from '../test/local-services.ts';
import { deadLetter, parseDeadLetter } from './dead-letter.ts';
import { createDeadLetterQueue, type DeadLetterQueueOptions } from './dead-letter-queue.ts';
import { createQuarantine } from './quarantine.ts';

type Services = Awaited<ReturnType<typeof startLocalServices>>;
let services: Services;
beforeAll(async () => {
  services = await startLocalServices();
});
afterAll(() => services.close());

async function receive({ sqs, queueUrl: QueueUrl }: Services): Promise<string | undefined> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  const ReceiptHandle = Messages[0]?.ReceiptHandle;
  if (ReceiptHandle !== undefined) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return Messages[0]?.Body;
}

function letterOf(sizeBytes: number, message = '') {
  return deadLetter({
    reason: 'rejected',
    message,
    record: {
      streamArn: 'arn',
      shardId: 'shardId-000000000000',
      sequenceNumber: '1',
      partitionKey: 'ann',
      arrivedAtMs: 0,
      data: new Uint8Array(sizeBytes),
    },
  });
}

describe('createDeadLetterQueue', () => {
  it('carries every letter through SQS unchanged', async () => {
    const queue = createDeadLetterQueue(services);
    await fc.assert(
      fc.asyncProperty(anyLetter, async (letter) => {
        expect(await queue.send(letter)).toMatchObject({ destination: 'queue' });
        const body = (await receive(services)) ?? '';
        expect(body).toMatch(/^[\x20-\x7e]*$/);
        expect(parseDeadLetter(body)).toEqual({ ok: true, document: letter });
      }),
    );
  });

  it('puts into the bucket what is larger than SQS takes, to the byte', async () => {
    const queue = createDeadLetterQueue(services);
    const overhead = 1_048_576 - JSON.stringify(letterOf(0)).length;
    const largest = letterOf(0, 'x'.repeat(overhead));
    expect(JSON.stringify(largest)).toHaveLength(1_048_576);
    expect(await queue.send(largest)).toMatchObject({ destination: 'queue' });
    expect(parseDeadLetter((await receive(services)) ?? '')).toEqual({
      ok: true,
      document: largest,
    });

    for (const tooLarge of [letterOf(0, 'x'.repeat(overhead + 1)), letterOf(5_000_000)]) {
      const receipt = await queue.send(tooLarge);
      if (receipt.destination !== 'bucket') throw new Error('not in the bucket');
      const quarantine = createQuarantine({ bucket: services.bucket, client: services.s3 });
      expect(await quarantine.get(receipt.key)).toEqual(tooLarge);
    }
    expect(await receive(services)).toBeUndefined();
  });

  it('counts bytes, not characters', async () => {
    const queue = createDeadLetterQueue(services);
    const receipt = await queue.send(letterOf(0, '\u{1F600}'.repeat(100_000)));
    expect(receipt).toMatchObject({ destination: 'bucket' });
  });

  it('puts into the bucket what the queue itself refuses', async () => {
    const small = await startLocalServices({ MaximumMessageSize: '1024' });
    try {
      const receipt = await createDeadLetterQueue(small).send(letterOf(1_000));
      expect(receipt).toMatchObject({ destination: 'bucket' });
    } finally {
      await small.close();
    }
  });

  it('fails when neither the queue nor the bucket confirms', async () => {
    const gone = `${services.queueUrl}-gone`;
    const queue = createDeadLetterQueue({ ...services, queueUrl: gone });
    await expect(queue.send(letterOf(1))).rejects.toMatchObject({
      code: 'send_failed',
      message: expect.stringContaining(gone) as unknown,
      cause: expect.any(Error) as unknown,
    });
    const noBucket = createDeadLetterQueue({ ...services, bucket: 'gone' });
    await expect(noBucket.send(letterOf(2_000_000))).rejects.toMatchObject({
      code: 'store_failed',
    });
  });

  it('stops when told to', async () => {
    const queue = createDeadLetterQueue(services);
    const signal = AbortSignal.abort();
    await expect(queue.send(letterOf(1), { signal })).rejects.toMatchObject({
      code: 'send_failed',
    });
    expect(await receive(services)).toBeUndefined();
  });

  it.each<Partial<DeadLetterQueueOptions>>([
    { queueUrl: 'letters' },
    { bucket: '' },
    { maxMessageBytes: 1023 },
    { maxMessageBytes: 1_048_577 },
    { maxMessageBytes: Number.NaN },
  ])('refuses %j', (wrong) => {
    expect(() => createDeadLetterQueue({ ...services, ...wrong })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});
