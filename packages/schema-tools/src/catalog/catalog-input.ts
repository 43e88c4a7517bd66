import type { RetiredMajor } from '../define.ts';
import type { EventModel } from '../json-schema.ts';
import type { ReleasedSchema } from '../released.ts';

/** All that the catalog is made of: plain data. */
export interface CatalogInput {
  readonly title: string;
  /** Of the schemas as a whole, for the AsyncAPI document. */
  readonly version: string;
  /** Every major of every event that is read today. */
  readonly models: readonly EventModel[];
  /** Every released version, of events that are gone as well; ascending. */
  readonly released: readonly ReleasedSchema[];
  /** Majors that are not read any more. */
  readonly retired: readonly RetiredMajor[];
  /** Types of events that once were. */
  readonly reserved: readonly string[];
}
