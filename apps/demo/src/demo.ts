import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws } from '@clickstream/local-aws';
import { connect, type Pipeline } from './pipeline.ts';
import { planForeignRecords } from './foreign-records.ts';
import { computeLedger, type Ledger } from './ledger.ts';
import type { DemoOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { createRandom } from './random.ts';
import { sendForeignRecords } from './send-foreign-records.ts';
import { sendShoppers } from './send-shoppers.ts';
import { planShoppers } from './shoppers.ts';
import { startStorefront } from './storefront-process.ts';
import { synthesize } from './synthesize.ts';

/** The ledger, and how long it all took. */
export interface DemoLedger extends Ledger {
  /** From the start of the command to the ledger. */
  readonly durationMs: number;
  /** Events per second from the first event sent to the last write. */
  readonly eventsPerSecond: number;
}

export interface DemoHooks {
  readonly progress: Progress;
  /** Ends the demo early; everything that was started is closed. */
  readonly signal: AbortSignal;
  readonly onLog: (source: string, line: string) => void;
  readonly onLedger: (ledger: DemoLedger) => void;
  /** Keep everything running after the ledger until the signal. */
  readonly stay: boolean;
}
