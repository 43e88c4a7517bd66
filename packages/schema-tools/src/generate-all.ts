import { generateFixtures } from './fixtures/emit-fixtures.ts';
import { generate, HEADER } from './generate.ts';
import type { EventModel } from './json-schema.ts';
import type { ReleasedSchema } from './released.ts';
import { type EventMajor, eventMajors } from './versions.ts';
import { generateWarehouse } from './warehouse/generate-warehouse.ts';

/**
 * All generated files, by path relative to the root of the repository: the code, which follows from
 * the working schemas alone, and what follows from the released ones too. Pure.
 *
 * @param source - where the events are defined, for the header of every file.
 * @throws {@link SchemaError} `unsupported_schema` or `invalid_definition`.
 */
export function generateAll(
  models: readonly EventModel[],
  released: readonly ReleasedSchema[],
  source: string,
): Map<string, string> {
  const majors = eventMajors(models, released);
  const header = (events: readonly EventMajor[]): string[] => {
    const versions = events.flatMap((event) => event.versions);
    const contents = versions.map(({ type, version }) => `${type} ${version}`).join(', ');
    return [HEADER, `Source: ${source} and schemas/released. Contents: ${contents}.`];
  };
  return new Map([
    ...generate(models, source),
    ...generateFixtures(models, majors, header),
    ...generateWarehouse(majors, (event) => header([event])),
  ]);
}
