import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KinesisCheckpoints } from '@clickstream/event-source-mapping';
import { LocalAwsError } from './local-aws-error.ts';

/** The checkpoints of one Kinesis mapping in a file. */
export interface CheckpointFile {
  /** What an earlier process saved last; undefined: the mapping is new. */
  readonly saved: KinesisCheckpoints | undefined;
  /** Replaces the file: whoever reads it sees the old checkpoints or the new ones, never half of them. */
  readonly save: (checkpoints: KinesisCheckpoints) => void;
}

/**
 * Opens the file of a mapping in a directory, which is created if need be.
 *
 * @throws {@link LocalAwsError} `invalid_data_dir` when the file holds something else
 */
export function openCheckpoints(dir: string, mappingId: string): CheckpointFile {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, `${mappingId}.json`);
  const next = `${path}.next`;
  return {
    saved: read(path),
    save(checkpoints) {
      writeFileSync(next, JSON.stringify(checkpoints));
      renameSync(next, path);
    },
  };
}

function read(path: string): KinesisCheckpoints | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const value = parse(text);
  if (isCheckpoints(value)) return value;
  throw new LocalAwsError(
    'invalid_data_dir',
    `${path} holds no checkpoints of a mapping: delete it, and the mapping begins anew.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Only this module writes the file, so its version tells what is in it. */
function isCheckpoints(value: unknown): value is KinesisCheckpoints {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'shards' in value &&
    Array.isArray(value.shards)
  );
}
