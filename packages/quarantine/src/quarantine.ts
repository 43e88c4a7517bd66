import { isUtf8 } from 'node:buffer';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { defaultS3Client } from './clients.ts';
import { type DeadLetter, parseDeadLetter, payloadOf } from './dead-letter.ts';
import { describe, QuarantineError } from './errors.ts';
import { type ExpiredRange, parseExpiredRange } from './expired-range.ts';
import type { Parsed } from './fields.ts';
import {
  keyOf,
  parseKey,
  prefixOf,
  type QuarantineKey,
  type QuarantineReason,
} from './quarantine-key.ts';
import { parseUnreadableMessage, type UnreadableMessage } from './unreadable-message.ts';

/** Everything that can lie in the bucket. */
export type QuarantineDocument = DeadLetter | ExpiredRange | UnreadableMessage;

export interface QuarantineOptions {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Default: a client with the settings of the environment. */
  readonly client?: S3Client;
}

export interface CallOptions {
  /** Ends the call early. */
  readonly signal?: AbortSignal | undefined;
}

export interface ListOptions extends CallOptions {
  /** Default: every reason. */
  readonly reason?: QuarantineReason | undefined;
  /** Day of arrival in the stream, `yyyy-mm-dd` in UTC. Default: every day. */
  readonly date?: string | undefined;
  /** Only keys that start so; a whole key is a prefix too. Default: every key. */
  readonly prefix?: string | undefined;
}

/** One object of the bucket, without its content. */
export interface QuarantineEntry extends QuarantineKey {
  readonly sizeBytes: number;
  /** When it was stored last. */
  readonly storedAt: Date;
}

/** The bucket of everything that was not processed: one JSON object a record. */
export interface Quarantine {
  /**
   * Stores a document and resolves to its key once S3 has it. Storing it again changes nothing.
   * Needs `s3:PutObject`.
   * @throws {QuarantineError} `store_failed`
   */
  put(document: QuarantineDocument, options?: CallOptions): Promise<string>;
  /**
   * Reads a document. Needs `s3:GetObject` (and `s3:ListBucket` to tell "not there" from
   * "forbidden").
   * @throws {QuarantineError} `not_found`, `unreadable_document` or `store_failed`
   */
  get(key: string, options?: CallOptions): Promise<QuarantineDocument>;
  /**
   * The objects of the bucket in the order of their keys; foreign ones are passed over. Needs
   * `s3:ListBucket`.
   * @throws {QuarantineError} `store_failed`
   */
  list(options?: ListOptions): AsyncIterable<QuarantineEntry>;
  /**
   * Takes an object out of the quarantine, but keeps it under `redriven/`, where `list` passes it
   * over. Needs `s3:GetObject`, `s3:PutObject` and `s3:DeleteObject`.
   * @throws {QuarantineError} `store_failed`
   */
  archive(key: string, options?: CallOptions): Promise<void>;
  /**
   * Deletes an object for good. Needs `s3:DeleteObject`.
   * @throws {QuarantineError} `store_failed`
   */
  remove(key: string, options?: CallOptions): Promise<void>;
}

/**
 * Opens the quarantine.
 * @throws {QuarantineError} `invalid_option`
 */
export function createQuarantine({
  bucket,
  client = defaultS3Client(),
}: QuarantineOptions): Quarantine {
  if (typeof bucket !== 'string' || bucket === '') {
    throw new QuarantineError('invalid_option', 'bucket must be the name of the quarantine bucket');
  }
  const failed = (what: string, error: unknown) =>
    new QuarantineError(
      'store_failed',
      `could not ${what} in bucket ${bucket} (${describe(error)}); check that the bucket exists and that this role may use it, then try again`,
      { cause: error },
    );

  const remove = async (key: string, { signal }: CallOptions = {}) => {
    try {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), abortable(signal));
    } catch (error) {
      throw failed(`delete ${key}`, error);
    }
  };

  return {
    async put(document, { signal } = {}) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(document),
        Body: render(document),
        ContentType: 'application/json; charset=utf-8',
      });
      try {
        await client.send(command, abortable(signal));
      } catch (error) {
        throw failed(`store ${keyOf(document)}`, error);
      }
      return keyOf(document);
    },

    async get(key, { signal } = {}) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      let text: string;
      try {
        const { Body } = await client.send(command, abortable(signal));
        text = (await Body?.transformToString('utf-8')) ?? '';
      } catch (error) {
        if (!(error instanceof NoSuchKey)) throw failed(`read ${key}`, error);
        throw new QuarantineError('not_found', `nothing lies under ${key} in bucket ${bucket}`, {
          cause: error,
        });
      }
      const parsed = parseDocument(key, text);
      if (parsed.ok) return parsed.document;
      throw new QuarantineError(
        'unreadable_document',
        `${key} in bucket ${bucket} is not a document of the quarantine (${parsed.message})`,
      );
    },

    async *list({ reason, date, prefix = '', signal } = {}) {
      const implied = prefixOf(reason, date);
      if (!implied.startsWith(prefix) && !prefix.startsWith(implied)) return;
      let token: string | undefined;
      do {
        const command = new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: implied.length > prefix.length ? implied : prefix,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        });
        const page = await client.send(command, abortable(signal)).catch((error: unknown) => {
          throw failed('list the objects', error);
        });
        for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
          const entry = parseKey(Key);
          if (entry === undefined || (date !== undefined && entry.date !== date)) continue;
          yield { ...entry, sizeBytes: Size, storedAt: LastModified };
        }
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },

    async archive(key, { signal } = {}) {
      const command = new CopyObjectCommand({
        Bucket: bucket,
        Key: `redriven/${key}`,
        CopySource: encodeURI(`${bucket}/${key}`),
      });
      try {
        await client.send(command, abortable(signal));
      } catch (error) {
        throw failed(`copy ${key} to redriven/${key}`, error);
      }
      await remove(key, { signal });
    },

    remove,
  };
}

/** A longer payload is no pleasure to read in a console, and would double the object. */
const LARGEST_TEXT_BYTES = 262_144;

/** Indented for people, and with the payload as text beside its base64 when it is short text. */
function render(document: QuarantineDocument): string {
  if (document.kind !== 'record') return JSON.stringify(document, null, 2);
  const { data, ...rest } = document;
  const text = textOf(payloadOf(document));
  return JSON.stringify({ ...rest, ...(text === undefined ? {} : { text }), data }, null, 2);
}

function parseDocument(key: string, text: string): Parsed<QuarantineDocument> {
  if (key.startsWith('expired/')) return parseExpiredRange(text);
  if (key.startsWith('unreadable/')) return parseUnreadableMessage(text);
  return parseDeadLetter(text);
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > LARGEST_TEXT_BYTES || !isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes).toString('utf8');
  // oxlint-disable-next-line no-control-regex -- what JSON would write as \u0000 is no text
  return /[\0-\x08\x0b\x0c\x0e-\x1f]/.test(text) ? undefined : text;
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
