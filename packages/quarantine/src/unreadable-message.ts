import { type Parsed, parseJson } from './fields.ts';

/** A message of the dead-letter queue that is neither a dead letter nor an on-failure document. */
export interface UnreadableMessage {
  readonly documentVersion: 1;
  readonly kind: 'unreadable';
  readonly reason: 'unreadable';
  /** Why it could not be read. */
  readonly message: string;
  /** Its id in the queue. */
  readonly messageId: string;
  /** The message, character for character. */
  readonly body: string;
}

/** Builds the document about a message that nobody can read. */
export function unreadableMessage(
  messageId: string,
  body: string,
  message: string,
): UnreadableMessage {
  return { documentVersion: 1, kind: 'unreadable', reason: 'unreadable', message, messageId, body };
}

/** Reads the document about an unreadable message. */
export function parseUnreadableMessage(text: string): Parsed<UnreadableMessage> {
  return parseJson(text, (fields) => ({
    documentVersion: fields.oneOf('documentVersion', [1] as const),
    kind: fields.oneOf('kind', ['unreadable'] as const),
    reason: fields.oneOf('reason', ['unreadable'] as const),
    message: fields.text('message'),
    messageId: fields.text('messageId'),
    body: fields.text('body'),
  }));
}
