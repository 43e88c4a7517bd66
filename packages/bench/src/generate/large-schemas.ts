/** Fields of a large schema. */
export const FIELDS = 1_000;

/** Two versions of a plain JSON Schema, the later with one optional field more, by file. */
export const LARGE_SCHEMAS: ReadonlyMap<string, string> = new Map([
  ['old.json', largeSchema(FIELDS)],
  ['new.json', largeSchema(FIELDS + 1)],
]);

/** Every tenth field is a list of records; half of the first thousand must be there. */
function largeSchema(fields: number): string {
  const text = { type: 'string', maxLength: 100, pattern: '^[a-z]*$' };
  const record = { type: 'object', properties: { name: text }, required: ['name'] };
  const names = Array.from({ length: fields }, (_, index) => `field_${index}`);
  const properties = names.map((name, index): [string, object] => [
    name,
    index % 10 === 9 ? { type: 'array', items: record, maxItems: 9 } : text,
  ]);
  return JSON.stringify({
    type: 'object',
    properties: Object.fromEntries(properties),
    required: names.slice(0, FIELDS / 2),
  });
}
