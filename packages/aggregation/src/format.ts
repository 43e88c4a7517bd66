import { hash } from 'node:crypto';

// https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
//
//     magic (4 bytes) | AggregatedRecord | MD5 of the AggregatedRecord (16 bytes)
//
//     message AggregatedRecord {
//       repeated string partition_key_table = 1;
//       repeated string explicit_hash_key_table = 2;
//       repeated Record records = 3;
//     }
//     message Record {
//       required uint64 partition_key_index = 1;
//       optional uint64 explicit_hash_key_index = 2;
//       required bytes data = 3;
//       repeated Tag tags = 4;
//     }

/** The four bytes with which an aggregated record begins, F3 89 9A C2, big-endian. */
export const MAGIC = 0xf3899ac2;

/** How long the magic number is. */
export const MAGIC_BYTES = 4;

/** How long the digest at the end is. */
export const DIGEST_BYTES = 16;

/** Field numbers of the outer message. */
export const AGGREGATED_RECORD = { partitionKeys: 1, explicitHashKeys: 2, records: 3 } as const;

/** Field numbers of a user record. */
export const RECORD = { partitionKey: 1, explicitHashKey: 2, data: 3 } as const;

/** How protobuf writes a value, the lowest three bits of a tag. */
export const WIRE = {
  varint: 0,
  fixed64: 1,
  bytes: 2,
  groupStart: 3,
  groupEnd: 4,
  fixed32: 5,
} as const;

/** The digest with which an aggregated record ends. */
export function digestOf(message: Uint8Array): Buffer {
  return hash('md5', message, 'buffer');
}
