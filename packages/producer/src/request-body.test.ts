import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeBody } from './request-body.ts';

const partitionKey = fc.string({
  unit: fc.constantFrom('a', '"', '\\', '\n', '\u007f', '\u0080', 'ü', 'ÿ', '€', '👟', '\ud83d'),
});
const record = fc.record(
  {
    partitionKey,
    data: fc.uint8Array({ maxLength: 20 }),
    explicitHashKey: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(String),
  },
  { requiredKeys: ['partitionKey', 'data'] },
);

test('a body is the JSON of its records, whatever their keys and bytes', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), (records) => {
      const text = Buffer.from(writeBody('events', records)).toString();
      const expected = records.map(({ data, partitionKey: key, explicitHashKey }) => ({
        Data: Buffer.from(data).toString('base64'),
        PartitionKey: key,
        ...(explicitHashKey !== undefined && { ExplicitHashKey: explicitHashKey }),
      }));
      expect(JSON.parse(text)).toEqual({ StreamName: 'events', Records: expected });
    }),
    { numRuns: 1_000 },
  );
});
