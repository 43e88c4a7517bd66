import {
  constant,
  type EnvelopeDefinition,
  identifier,
  optional,
  text,
  timestamp,
  traceparent,
  uuidV7,
  versionOfMajor,
} from '@clickstream/schema-tools';

/** What every event carries besides its own fields. */
export const envelope: EnvelopeDefinition = {
  stamped: ({ type, version }) => ({
    event_id: uuidV7({
      description:
        'Identity of the event, minted once by the SDK. Two records with one id are one event.',
      examples: ['01a207d9-2100-7c3e-9d5b-2f1e8a6b4c0d'],
      pii: 'none',
    }),
    event_type: constant(type, { description: 'Which event this is.' }),
    schema_version: versionOfMajor(Number.parseInt(version, 10), {
      description: 'Version of the schema that the writer used, stamped by the SDK.',
      examples: [version],
    }),
  }),
  given: {
    user_id: identifier({
      description: 'Whose event this is. Also the partition key: events of one user stay in order.',
      examples: ['user-4711'],
      pii: 'pseudonym',
      maxLength: 256,
    }),
    session_id: optional(
      identifier({
        description: 'The visit that this event belongs to.',
        examples: ['session-2f1e8a6b'],
        pii: 'pseudonym',
        maxLength: 128,
      }),
    ),
    user_agent: optional(
      text({
        description: 'The User-Agent header of the browser.',
        examples: ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
        pii: 'indirect',
        maxLength: 1024,
      }),
    ),
    locale: optional(
      text({
        description: 'Language and region of the user as a BCP 47 tag.',
        examples: ['de-CH'],
        pii: 'indirect',
        minLength: 1,
        maxLength: 35,
      }),
    ),
    traceparent: optional(
      traceparent({
        description: 'The span in which the event was tracked, as W3C Trace Context writes it.',
        examples: ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
        pii: 'none',
      }),
    ),
  },
  defaulted: {
    timestamp: timestamp({
      description:
        'When it happened. The SDK takes the time of the call when the caller gives none.',
      examples: ['2026-11-23T10:00:00.000Z'],
    }),
  },
};
