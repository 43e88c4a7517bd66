/** A JSON object of unknown content. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether a value of parsed JSON is an object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is an object; an empty one when it is absent or something else. */
export function recordAt(value: JsonRecord, name: string): JsonRecord {
  const member = value[name];
  return isRecord(member) ? member : {};
}

/** A member that is a list; an empty one when it is absent or something else. */
export function listAt(value: JsonRecord, name: string): readonly unknown[] {
  const member = value[name];
  return Array.isArray(member) ? member : [];
}

/** A member that is a string; undefined when it is absent or something else. */
export function stringAt(value: JsonRecord, name: string): string | undefined {
  const member = value[name];
  return typeof member === 'string' ? member : undefined;
}
