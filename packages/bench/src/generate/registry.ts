import { createRandom, type Random } from '../random.ts';

const NOUNS = [
  'cart',
  'order',
  'video',
  'search',
  'account',
  'coupon',
  'shipment',
  'review',
  'wishlist',
  'banner',
  'playlist',
  'invoice',
  'session',
  'form',
  'product',
  'filter',
  'article',
  'voucher',
  'return',
  'survey',
] as const;
const VERBS = [
  'opened',
  'closed',
  'created',
  'changed',
  'removed',
  'shared',
  'started',
  'finished',
  'failed',
  'shown',
] as const;
const WORDS = [
  'position',
  'source',
  'campaign',
  'variant',
  'reason',
  'channel',
  'category',
  'label',
  'amount',
  'status',
  'device',
  'region',
  'duration',
  'quantity',
  'target',
  'origin',
  'brand',
  'colour',
  'size',
  'price',
  'discount',
  'batch',
  'partner',
  'group',
  'level',
] as const;

/** Files of a `schemas` folder with so many events, 12 to 40 fields each; always the same. */
export function registryFiles(events: number): Map<string, string> {
  const types = Array.from({ length: events }, (_, index) => eventType(index));
  const files = new Map(types.map((type) => [`schemas/src/${type}.ts`, eventFile(type)]));
  files.set(
    'schemas/src/index.ts',
    [
      "import { defineRegistry } from '@clickstream/schema-tools';",
      "import { envelope } from './envelope.ts';",
      ...types.map((type) => `import { ${type} } from './${type}.ts';`),
      'export default defineRegistry({',
      "  baseUri: 'https://bench.example/schemas/',",
      '  envelope,',
      `  events: [${types.join(', ')}],`,
      '});',
      '',
    ].join('\n'),
  );
  return files;
}

function eventType(index: number): string {
  const noun = NOUNS[index % NOUNS.length];
  const verb = VERBS[Math.floor(index / NOUNS.length) % VERBS.length];
  const again = Math.floor(index / (NOUNS.length * VERBS.length));
  return `${noun}_${verb}${again === 0 ? '' : `_${again + 1}`}`;
}

function eventFile(type: string): string {
  const random = createRandom(type);
  const words = type.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return [
    "import * as f from '@clickstream/schema-tools';",
    '',
    `export const ${type} = f.defineEvent({`,
    `  type: '${type}',`,
    "  version: '1.0.0',",
    `  description: 'Somebody did this: ${type.replaceAll('_', ' ')}.',`,
    "  owner: 'bench',",
    `  payload: ${fields(random.integer(12, 40), words.join(''), random, 2)},`,
    '});',
    '',
  ].join('\n');
}

/** @param depth - how many levels of records may lie inside. */
function fields(count: number, title: string, random: Random, depth: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const word = WORDS[index % WORDS.length] ?? '';
    const name = index < WORDS.length ? word : `${word}_${Math.floor(index / WORDS.length) + 1}`;
    const path = title + name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', '');
    const field = anyField(`What the ${name} of it was.`, path, random, depth);
    return `    ${name}: ${random.chance(0.4) ? `f.optional(${field})` : field},`;
  });
  return `{\n${lines.join('\n')}\n  }`;
}

function anyField(meaning: string, title: string, random: Random, depth: number): string {
  const about = `description: '${meaning}'`;
  if (depth > 0 && random.chance(0.08)) {
    const inside = fields(random.integer(3, 8), title, random, depth - 1);
    const record = `f.record(${inside}, { title: '${title}', ${about} })`;
    return random.chance(0.7) ? `f.list(${record}, { ${about}, maxItems: 100 })` : record;
  }
  return random.pick([
    `f.text({ ${about}, examples: ['some text'], maxLength: ${random.integer(20, 1000)} })`,
    `f.identifier({ ${about}, examples: ['id-42'], maxLength: ${random.integer(20, 256)} })`,
    `f.url({ ${about}, examples: ['https://shop.example/42'] })`,
    `f.timestamp({ ${about}, examples: ['2026-11-23T10:00:00.000Z'] })`,
    `f.decimal({ ${about}, unit: 'EUR', examples: [19.99] })`,
    `f.count({ ${about}, unit: 'pieces', examples: [2], maximum: ${random.integer(10, 1e6)} })`,
    `f.flag({ ${about}, examples: [true] })`,
    `f.choice(['first', 'second', 'third'], { ${about} })`,
    `f.list(f.text({ ${about}, examples: ['tag'], maxLength: 40 }), { ${about}, maxItems: 20 })`,
  ]);
}
