/**
 * Which of the deprecated things an event has.
 *
 * @param keys - as in a contract: `page_view` for the event itself, `page_view.title` for a field,
 *   `purchase.items.name` for one of the records in a list.
 * @returns the same list when it is empty, so that an event without any costs nothing.
 */
export function deprecatedIn(event: unknown, keys: readonly string[]): readonly string[] {
  if (keys.length === 0) return keys;
  return keys.filter((key) => {
    const [, ...path] = key.split('.');
    return isSet(event, path);
  });
}

/** Whether there is something at the path, in at least one item of every list on it. */
function isSet(value: unknown, path: readonly string[]): boolean {
  if (value === undefined) return false; // JSON drops it
  if (Array.isArray(value) && path.length > 0) return value.some((item) => isSet(item, path));
  const [name, ...rest] = path;
  if (name === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, field]) => key === name && isSet(field, rest));
}
