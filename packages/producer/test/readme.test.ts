import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ProducerError } from '../src/index.ts';
import { resolveOptions } from '../src/resolve-options.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, cell by cell. */
function table(heading: string): string[][] {
  const [section = ''] = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ') ?? [];
  const rows = section.split('\n').filter((line) => /^\| `(?!code`)/.test(line));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function namesIn(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name);
}

test('the table of options has every option, with its default', () => {
  const rows = table('Options');
  let known = '';
  try {
    resolveOptions(Object.assign({ streamName: 'events' }, { nonsense: 1 }));
  } catch (error) {
    known = error instanceof ProducerError ? error.message : '';
  }
  const [, list = ''] = known.split('the options are ');
  const names = rows.flatMap(([name]) => namesIn(name));
  expect(names.toSorted()).toEqual(list.split(', ').toSorted());
  const defaults = new Map(Object.entries(resolveOptions({ streamName: 'events' })));
  const numbers = rows.filter(([, fallback]) => /^\d/.test(fallback ?? ''));
  expect(numbers.length).toBeGreaterThan(10);
  for (const [name, fallback = ''] of numbers) {
    expect(`${name} ${fallback.replaceAll(',', '')}`).toBe(
      `${name} ${String(defaults.get(namesIn(name)[0] ?? ''))}`,
    );
  }
});

test('the tables of errors and metrics have all of them', async () => {
  const source = async (file: string): Promise<string> =>
    readFile(new URL(`../src/${file}`, import.meta.url), 'utf8');
  const codes = [...(await source('producer-error.ts')).matchAll(/\| '(\w+)'/g)].map(
    ([, code = '']) => code,
  );
  const errors = table('Await a receipt, or do not').flatMap(([code]) => namesIn(code));
  expect(errors.toSorted()).toEqual(codes.toSorted());
  const telemetry = await source('telemetry.ts');
  const metrics = [
    'messaging.client.sent.messages',
    ...[...telemetry.matchAll(/name\('([\w.]+)'\)/g)].map(
      ([, name = '']) => `clickstream.producer.${name}`,
    ),
  ];
  const documented = table('Telemetry').flatMap(([name]) => namesIn(name));
  expect(documented.toSorted()).toEqual(metrics.toSorted());
});
