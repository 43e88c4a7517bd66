import type { Schedule } from './schedule.ts';
import type { SimulationResult } from './simulate.ts';

/** What a worker process is asked. One question at a time. */
export type Question =
  | { readonly kind: 'seed'; readonly seed: number }
  | { readonly kind: 'schedule'; readonly schedule: Schedule; readonly keepTrace: boolean };

/** What it answers, after it has said once that it is ready. */
export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: SimulationResult };
