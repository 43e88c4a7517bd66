import {
  type OnFailureDocument,
  parseDeadLetter,
  parseOnFailureDocument,
  type QuarantineDocument,
  unreadableMessage,
} from '@clickstream/quarantine';

/** A message of the dead-letter queue: something to store as it is, or a range to read again. */
export type Message =
  | { readonly kind: 'document'; readonly document: QuarantineDocument }
  | { readonly kind: 'range'; readonly range: OnFailureDocument };

/** Never fails: what nobody can read becomes a document with the text as it came. */
export function readMessage(messageId: string, body: string): Message {
  const letter = parseDeadLetter(body);
  if (letter.ok) return { kind: 'document', document: letter.document };
  const range = parseOnFailureDocument(body);
  if (range.ok) return { kind: 'range', range: range.document };
  const why = `no dead letter: ${letter.message}; no on-failure document: ${range.message}`;
  return { kind: 'document', document: unreadableMessage(messageId, body, why) };
}
