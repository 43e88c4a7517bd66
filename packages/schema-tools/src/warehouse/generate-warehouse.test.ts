import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHiveParser } from '../../test/hive.ts';
import type { JsonSchema } from '../json-schema.ts';
import { eventMajors } from '../versions.ts';
import { generateWarehouse } from './generate-warehouse.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../../schemas/warehouse');

let hive: Awaited<ReturnType<typeof createHiveParser>>;
beforeAll(async () => {
  hive = await createHiveParser();
});

type Fields = Record<string, JsonSchema>;

const object = (properties: Fields, more: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...more,
});
const string = { type: 'string' };

/** The files of one event whose versions have these schemas. */
function ddl(versions: Record<string, JsonSchema>): Map<string, string> {
  const released = Object.entries(versions).map(([version, schema]) => ({
    type: 'visit',
    version,
    schema,
    file: `visit/${version}.json`,
  }));
  const files = generateWarehouse(eventMajors([], released), () => ['Generated.']);
  return new Map([...files].map(([file, sql]) => [file.replace('schemas/warehouse/', ''), sql]));
}

/** The same without comments: the statement alone. */
function statement(files: ReadonlyMap<string, string>, file: string): string {
  return (files.get(file) ?? '').replace(/^--.*\n/gm, '').trim();
}

/** The lines of the table's columns. */
function columns(files: ReadonlyMap<string, string>, file = 'visit/v1.sql'): string[] {
  const [, list = ''] = /\(\n([^]*?)\n\)\n/.exec(files.get(file) ?? '') ?? [];
  return list.split(',\n').map((line) => line.trim());
}

describe('a column', () => {
  test.each<[string, JsonSchema]>([
    ['string', string],
    ['string', { type: 'string', format: 'date-time' }],
    ['string', { const: 'visit' }],
    ['string', { enum: ['a', 1, null] }],
    ['string', { type: 'null' }],
    ['boolean', { type: 'boolean' }],
    ['boolean', { const: true }],
    ['int', { const: 7 }],
    ['int', { enum: [1, 2] }],
    ['double', { enum: [1, 2.5] }],
    ['int', { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 }],
    ['int', { type: 'integer', exclusiveMinimum: -1, maximum: 9 }],
    ['bigint', { type: 'integer', minimum: 0, maximum: 2 ** 31 }],
    ['bigint', { type: 'integer', minimum: -(2 ** 31) - 1, maximum: 0 }],
    ['bigint', { type: 'integer', minimum: 0 }],
    ['decimal(38,0)', { type: 'integer', minimum: 0, maximum: 1e20 }],
    ['double', { type: 'number', minimum: 0, maximum: 1 }],
    ['int', { type: 'number', multipleOf: 5, minimum: 0, maximum: 100 }],
    ['decimal(16,4)', { type: 'number', multipleOf: 0.0001, minimum: 0, maximum: 1e11 }],
    ['decimal(15,4)', { type: 'number', multipleOf: 0.0001, minimum: 0, maximum: 1e11 - 1 }],
    ['decimal(5,2)', { type: 'number', multipleOf: 0.01, minimum: -100, maximum: 5 }],
    ['decimal(2,1)', { type: 'number', multipleOf: 0.1, minimum: 0, maximum: 0.5 }],
    ['array<string>', { type: 'array', items: string }],
    ['struct<a:string,b:int>', object({ b: { const: 1 }, a: string })],
    [
      'array<struct<`end`:array<double>>>',
      { type: 'array', items: object({ end: { type: 'array', items: { type: 'number' } } }) },
    ],
  ])('of type %s', (type, schema) => {
    const files = ddl({ '1.0.0': object({ field: schema }) });
    expect(columns(files)).toEqual([`\`field\` ${type}`]);
    expect(hive.validate(files.get('visit/v1.sql') ?? '')).toEqual([]);
  });

  test('says what it means, whatever the words', () => {
    const field = {
      ...string,
      description: 'It\'s a\n\t\\ "path"; -- so\u0000. \uD800',
      'x-unit': 'km',
      deprecated: true,
      'x-deprecated': { since: '1.1.0', use: 'route' },
    };
    const files = ddl({ '1.0.0': object({ field }) });
    expect(columns(files)).toEqual([
      "`field` string COMMENT 'Deprecated since 1.1.0, use route. " +
        'It\\\'s a \\\\ "path"; -- so . \uFFFD Unit: km.\'',
    ]);
    expect(hive.validate(files.get('visit/v1.sql') ?? '')).toEqual([]);
  });

  test('has no longer comment than the catalog takes', () => {
    const description = `${'a'.repeat(250)}${'€'.repeat(9)}`;
    const files = ddl({ '1.0.0': object({ field: { ...string, description } }) });
    const [, comment = ''] = /COMMENT '(.*)'/.exec(columns(files)[0] ?? '') ?? [];
    expect(comment).toBe(`${'a'.repeat(250)}…`);
    expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(255);
  });

  test.each<[string, JsonSchema, string]>([
    ['a-b', string, '/properties/a-b cannot name a column'],
    ['archive_day', string, 'the partition of the table is called archive_day'],
    ['a', object({}), '/properties/a has no fields, so it can be no struct'],
    [
      'a',
      object({ x: string, X: string }),
      '/properties/x differs from another field only in case',
    ],
  ])('is refused: %s %j', (name, field, message) => {
    expect(() => ddl({ '1.0.0': object({ [name]: field }) })).toThrow(message);
  });

  test('is refused where there is none', () => {
    expect(() => ddl({ '1.0.0': object({}) })).toThrow('visit 1.0.0: a table needs an object');
  });
});

describe('versions', () => {
  const item = (fields: Fields) => ({ type: 'array', items: object(fields) });

  test('of a major share a table that grows at its end', () => {
    const files = ddl({
      '1.0.0': object({ m: string, items: item({ b: string }) }),
      '1.0.1': object({ m: string, items: item({ b: string }) }),
      '1.1.0': object({ a: string, z: { const: 1 }, m: string, items: item({ b: string }) }),
      '1.10.0': object({ a: string, items: item({ b: string, a: string }), c: string }),
    });
    expect([...files.keys()]).toEqual([
      'visit/alter-1.0.1-1.1.0.sql',
      'visit/alter-1.1.0-1.10.0.sql',
      'visit/alter-1.1.0-1.10.0-items.sql',
      'visit/v1.sql',
    ]);
    expect(columns(files)).toEqual([
      '`items` array<struct<b:string,a:string>>',
      '`m` string',
      '`a` string',
      '`z` int',
      '`c` string',
    ]);
    expect(statement(files, 'visit/alter-1.0.1-1.1.0.sql')).toBe(
      'ALTER TABLE `visit_v1` ADD COLUMNS (\n  `a` string,\n  `z` int\n);',
    );
    expect(statement(files, 'visit/alter-1.1.0-1.10.0-items.sql')).toBe(
      'ALTER TABLE `visit_v1` CHANGE COLUMN `items` `items` array<struct<b:string,a:string>>;',
    );
    for (const sql of files.values()) expect(hive.validate(sql)).toEqual([]);
  });

  test('of two majors have a table each, where their records lie', () => {
    const files = ddl({ '1.0.0': object({ a: string }), '2.0.0': object({ a: { const: 1 } }) });
    expect([...files.keys()]).toEqual(['visit/v1.sql', 'visit/v2.sql']);
    expect(files.get('visit/v2.sql')).toContain("LOCATION 's3://ARCHIVE_BUCKET/visit/v2/'");
    expect(columns(files, 'visit/v2.sql')).toEqual(['`a` int']);
  });

  test('whatever they are, the alterations lead from the first table to the last', () => {
    const type = fc.constantFrom<JsonSchema>(string, item({ x: string }), item({ y: string }));
    const fields = fc.dictionary(fc.constantFrom('a', 'b', 'date', 'd', 'user'), type, {
      minKeys: 1,
    });
    fc.assert(
      fc.property(fc.array(fields, { minLength: 1, maxLength: 4 }), (history) => {
        const numbered = history.map((of, index) => [`1.${index}.0`, object(of)] as const);
        const files = ddl(Object.fromEntries(numbered));
        const table = columns(ddl(Object.fromEntries(numbered.slice(0, 1))));
        for (const [file, sql] of files) {
          const [, added] = /ADD COLUMNS \(\n([^]*)\n\)/.exec(sql) ?? [];
          const [, name = '', column = ''] = /CHANGE COLUMN (\S+) (.*);/.exec(sql) ?? [];
          if (added !== undefined) table.push(...added.split(',\n').map((line) => line.trim()));
          else if (!file.includes('alter')) continue;
          else table[table.findIndex((known) => known.startsWith(`${name} `))] = column;
        }
        expect(columns(files)).toEqual(table);
      }),
    );
  });
});

test('the parser refuses what Athena would', () => {
  expect(hive.validate('CREATE EXTERNAL TABLE t (date string);')).not.toEqual([]);
  expect(hive.validate('CREATE EXTERNAL TABLE t (a struct<>);')).not.toEqual([]);
  expect(hive.validate("CREATE EXTERNAL TABLE t (a string COMMENT 'it's');")).not.toEqual([]);
});

test('the DDL in the repository is Hive, one statement a file', async () => {
  const entries = await readdir(FOLDER, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(2);
  for (const { parentPath, name } of files) {
    const sql = await readFile(path.join(parentPath, name), 'utf8');
    expect([name, ...hive.validate(sql)]).toEqual([name]);
    expect([name, sql.split(';\n').length]).toEqual([name, 2]);
  }
  const purchase = await readFile(path.join(FOLDER, 'purchase/v1.sql'), 'utf8');
  expect(purchase).toContain('`amount` decimal(16,4)');
});
