import * as fc from 'fast-check';

/** Values near the edges of what fields accept. JSON only. */
const EDGES: readonly unknown[] = [
  ['', ' ', 'a', '\u{1F600}', '\uD800', 'x\uDC00y', 'EUR', 'EU', 'eur', '€€€', 'user-1'],
  [127, 128, 129, 255, 256, 257, 1024, 1025].map((length) => 'a'.repeat(length)),
  [127, 128, 129, 255, 256, 257, 1024, 1025].map((length) => '\u{1F600}'.repeat(length)),
  ['https://a.example', 'http://a', 'ftp://a', 'https://', 'http:a', 'https://a b', 'HTTPS://A'],
  ['https://xn--/', 'https://999.999.999.999/', 'https://a:99999/', 'https://a%/', 'https:///a'],
  ['//a.example', 'https://[::1]/', 'https://[::1', 'https://a\\b', 'https://u:p@a/?q#f'],
  ['2026-02-28T00:00:00.000Z', '2026-02-29T00:00:00.000Z', '2024-02-29T23:59:59.999Z'],
  ['1900-02-29T00:00:00.000Z', '2026-04-31T00:00:00.000Z', '2026-13-01T00:00:00.000Z'],
  ['2026-01-01T24:00:00.000Z', '2026-01-01T00:00:60.000Z', '2026-01-01T00:00:00Z'],
  ['2026-01-01T00:00:00.000+00:00', '2026-01-01 00:00:00.000Z', '2026-01-01T00:00:00.000z'],
  ['1.0.0', '1.9.0', '1.0.10', '2.0.0', '1.0', '01.0.0', '1.0.0-beta'],
  ['page_view', 'click', 'purchase'],
  ['01a207d9-2100-7000-8000-000000000000', '01A207D9-2100-7000-8000-000000000000'],
  ['01a207d9-2100-4000-8000-000000000000', '01a207d9-2100-7000-c000-000000000000'],
  [0, -0, 1, -1, 0.5, 19.99, 0.1 + 0.2, 0.0001, 0.00001, 1e-7, 1e6, 1e6 + 1],
  [1e11, 1e11 + 1, 99999999999.9999, 1e21],
  [null, true, false, [], {}, [1], { a: 1 }, [[]], [{}]],
].flat(1);

const anyValue = fc.oneof(
  fc.constantFrom(...EDGES),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.webUrl(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -10_000, max: 2_000_000 }).map((n) => n / 10_000),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.uuid({ version: 7 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Where in a value something can be changed, the value itself included. */
function placesIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inside = Object.entries(value).flatMap(([key, member]) =>
    placesIn(member).map((place) => [key, ...place]),
  );
  return [[], ...inside];
}

type Edit = (parent: Record<string, unknown>, key: string, value: unknown) => void;

const EDITS: readonly Edit[] = [
  (parent, key, value) => {
    Object.defineProperty(parent, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  },
  (parent, key) => {
    if (Array.isArray(parent)) parent.pop();
    else delete parent[key];
  },
  (parent, key, value) => {
    const name = typeof value === 'string' && value !== '__proto__' ? value : `${key}_2`;
    if (Array.isArray(parent)) parent.push(value);
    else parent[name] = value;
  },
];

/** The sample with up to three changes: a value replaced, removed or added. Plain JSON. */
export function mutationsOf(sample: object): fc.Arbitrary<unknown> {
  const places = placesIn(sample).filter((place) => place.length > 0);
  const change = fc.record({
    place: fc.constantFrom(...places),
    edit: fc.constantFrom(...EDITS),
    value: anyValue,
  });
  return fc.array(change, { maxLength: 3 }).map((changes) => {
    const copy: Record<string, unknown> = structuredClone({ ...sample });
    for (const { place, edit, value } of changes) {
      let parent: unknown = copy;
      for (const key of place.slice(0, -1)) parent = isObject(parent) ? parent[key] : undefined;
      if (isObject(parent)) edit(parent, place.at(-1) ?? '', value);
    }
    return copy;
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
