import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { buildApp } from 'fauxqs';
import { LocalAwsError } from '../local-aws-error.ts';

type BuildAppOptions = NonNullable<Parameters<typeof buildApp>[0]>;
type FauxqsStores = Required<NonNullable<BuildAppOptions['stores']>>;
type Persistence = NonNullable<FauxqsStores['sqsStore']['persistence']>;

/** fauxqs's stores, written through to a directory. */
export interface KeptStores {
  readonly stores: FauxqsStores;
  readonly close: () => void;
}

/**
 * Opens fauxqs's stores on a directory, which is created if need be: each change is in its SQLite
 * database before it is answered.
 *
 * fauxqs offers that only together with a server of its own, on all interfaces of the machine. So
 * its parts are put together here as it does itself; its version is pinned exactly for that reason.
 *
 * @throws LocalAwsError `invalid_data_dir` when the directory holds something else
 */
export async function openKeptStores(dataDir: string): Promise<KeptStores> {
  const [persistence, sqs, sns, s3] = await Promise.all([
    load<{ PersistenceManager: new (dir: string) => Persistence }>('persistence.js'),
    load<{ SqsStore: new () => FauxqsStores['sqsStore'] }>('sqs/sqsStore.js'),
    load<{ SnsStore: new () => FauxqsStores['snsStore'] }>('sns/snsStore.js'),
    load<{ S3Store: new () => FauxqsStores['s3Store'] }>('s3/s3Store.js'),
  ]);
  const [sqsStore, snsStore, s3Store] = [new sqs.SqsStore(), new sns.SnsStore(), new s3.S3Store()];
  try {
    const manager = new persistence.PersistenceManager(dataDir);
    manager.load(sqsStore, snsStore, s3Store);
    // Only now: what is loaded is not to be written again.
    for (const store of [sqsStore, ...sqsStore.allQueues(), snsStore, s3Store]) {
      store.persistence = manager;
    }
    return { stores: { sqsStore, snsStore, s3Store }, close: () => manager.close() };
  } catch (cause) {
    throw new LocalAwsError(
      'invalid_data_dir',
      `${dataDir} holds no queues and buckets that can be read: delete it to begin anew.`,
      { cause },
    );
  }
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- files without an export of their own
async function load<Module>(file: string): Promise<Module> {
  const root = dirname(findPackageJSON('fauxqs', import.meta.url) ?? '');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as fauxqs's declarations describe them
  return (await import(pathToFileURL(join(root, 'dist', file)).href)) as Module;
}
