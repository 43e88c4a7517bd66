import type { RetiredMajor } from '../define.ts';
import type { EventModel } from '../json-schema.ts';
import { groupMajors, majorOf } from '../majors.ts';
import type { CatalogInput } from './catalog-input.ts';
import { type FieldNode, fieldTree, flatten, textOf } from './field-tree.ts';
import { historyOf, type VersionEntry } from './history.ts';
import { piiOf, piiWeight } from './parts.ts';

/** One major of one event, as its page shows it. */
export interface CatalogEvent {
  readonly model: EventModel;
  /** Relative to the root of the site. */
  readonly page: string;
  /** `purchase`, and `purchase v1` for an older major. */
  readonly label: string;
  readonly isNewest: boolean;
  readonly owner: string | undefined;
  readonly deprecated: boolean;
  /** Its own fields. */
  readonly own: readonly FieldNode[];
  /** Those that every event has. */
  readonly shared: readonly FieldNode[];
  /** Names of fields that are never used again. */
  readonly reserved: readonly string[];
  /** Majors of the event that are not read any more. */
  readonly retired: readonly RetiredMajor[];
  /** All versions of the event, of every major, the latest first. */
  readonly history: readonly VersionEntry[];
  /** The other majors that are read today, the newest first. */
  readonly others: readonly { readonly label: string; readonly page: string }[];
}

/** The events as their pages show them: the newest major of each, followed by its older ones. */
export function catalogEvents(input: CatalogInput): CatalogEvent[] {
  return groupMajors(input.models).flatMap(({ newest, older }) => {
    const history = historyOf(newest.type, input);
    const majors = [newest, ...older.toReversed()];
    return majors.map((model): CatalogEvent => {
      const fields = fieldTree(model.schema);
      const isShared = ({ name }: FieldNode) => model.envelope?.includes(name) ?? false;
      const reserved = model.schema['x-reserved'];
      return {
        model,
        page: pageOf(model, newest),
        label: labelOf(model, newest),
        isNewest: model === newest,
        owner: textOf(model.schema, 'x-owner'),
        deprecated: model.schema['deprecated'] === true,
        own: fields.filter((field) => !isShared(field)),
        shared: fields.filter(isShared),
        reserved: Array.isArray(reserved) ? reserved.map(String) : [],
        retired: input.retired.filter(({ type }) => type === newest.type),
        history,
        others: majors
          .filter((other) => other !== model)
          .map((other) => ({ label: labelOf(other, newest), page: pageOf(other, newest) })),
      };
    });
  });
}

/** The heaviest mark of personal data on any field; undefined when no field has one. */
export function heaviestPii({ own, shared }: CatalogEvent): string | undefined {
  return flatten([...own, ...shared])
    .flatMap(({ schema, innermost }) => piiOf(schema) ?? piiOf(innermost) ?? [])
    .toSorted((a, b) => piiWeight(b) - piiWeight(a))[0];
}

function pageOf({ type, version }: EventModel, newest: EventModel): string {
  const suffix = version === newest.version ? '' : `.v${majorOf(version)}`;
  return `events/${type}${suffix}.html`;
}

function labelOf({ type, version }: EventModel, newest: EventModel): string {
  return version === newest.version ? type : `${type} v${majorOf(version)}`;
}
