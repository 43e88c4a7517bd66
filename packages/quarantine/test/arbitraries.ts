import * as fc from 'fast-check';
import { deadLetter, deadLetterReasons } from '../src/dead-letter.ts';

/** Any text at all: control characters, lone surrogates and non-characters included. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', '\0', '\ud800', '\udc00x', '\ufffe\uffff', '\u007f\u0085', '"\\/\r\n', '<&>'),
);

export const sequenceNumber = fc
  .bigInt({ min: 0n, max: 10n ** 56n })
  .map((value) => value.toString());

export const shardId = fc.oneof(
  fc.nat(999).map((number) => `shardId-${String(number).padStart(12, '0')}`),
  anyText.filter((text) => text.length > 0 && text.length <= 128),
  fc.constantFrom('.', '..', '/', 'a/../b', '%2e', '!0041'),
);

/** From 1970 to 9999. */
const time = fc.integer({ min: 0, max: 253_402_300_799_999 });

/** A letter that {@link deadLetter} could have made from anything. */
export const anyLetter = fc
  .record({
    reason: fc.constantFrom(...deadLetterReasons),
    message: anyText,
    issues: fc.array(fc.record({ path: anyText, expected: anyText, received: anyText }), {
      maxLength: 3,
    }),
    eventId: fc.option(anyText, { nil: undefined }),
    eventType: fc.option(anyText, { nil: undefined }),
    failedAtMs: time,
    record: fc.record(
      {
        streamArn: fc.constant('arn:aws:kinesis:eu-west-1:000000000000:stream/events'),
        shardId,
        sequenceNumber,
        subsequenceNumber: fc.nat(9_999_999),
        partitionKey: anyText,
        arrivedAtMs: time,
        data: fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          anyText.map((text) => new TextEncoder().encode(text)),
        ),
      },
      {
        requiredKeys: [
          'streamArn',
          'shardId',
          'sequenceNumber',
          'partitionKey',
          'arrivedAtMs',
          'data',
        ],
      },
    ),
  })
  .map(deadLetter);
