/** The part of dynalite's parser of conditions that is used here. */
export interface ConditionParser {
  parse(text: string, options: unknown): unknown;
}

const maxConditions = 1000;

/**
 * Lets a parser remember conditions without placeholders, such as `attribute_not_exists(id)`: a
 * transaction repeats one for each of its items, and parsing was half of what a write cost. What has
 * placeholders is parsed anew, for the result holds the request's own names and values.
 */
export function rememberConditions(parser: ConditionParser): void {
  const parse = parser.parse.bind(parser);
  const known = new Map<string, unknown>();
  parser.parse = (text, options) => {
    if (/[#:]/.test(text)) return parse(text, options);
    if (known.has(text)) return known.get(text);
    const parsed = parse(text, options);
    if (known.size >= maxConditions) known.clear();
    known.set(text, parsed);
    return parsed;
  };
}
