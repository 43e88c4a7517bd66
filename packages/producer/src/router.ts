/** A shard that takes writes. */
export interface OpenShard {
  readonly shardId: string;
  /** A hash key that lies in it, in decimal. */
  readonly hashKey: string;
}

/** Where the records of a partition key belong. */
export interface Route {
  /** Index into {@link Router.shards}. */
  readonly shard: number;
  readonly bucket: number;
}

/** Predicts where records land. */
export interface Router {
  /** Never empty; the one shard without an id stands for all, when nobody knows them. */
  readonly shards: readonly (OpenShard | undefined)[];
  /** How many groups the keys of a shard are divided into. */
  readonly buckets: number;
  route(partitionKey: string): Route;
}

const ANYWHERE: Route = { shard: 0, bucket: 0 };

/** As long as nothing is known about the stream: all keys are of one kind. */
export const NO_ROUTER: Router = { shards: [undefined], buckets: 1, route: () => ANYWHERE };
