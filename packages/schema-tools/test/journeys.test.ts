import { inc } from 'semver';
import { expect, test, vi } from 'vitest';
import { parseRecord, runPipeline, sendPurchase } from './journeys/pipeline.ts';
import {
  IMPORT_FIELDS,
  IMPORT_MAJORS,
  ORDER_NUMBER,
  RETIRED,
  SCROLL_DEPTH,
  SHOP_RATED,
  UPCASTS,
} from './journeys/sources.ts';
import { copyRepository, type RepositoryCopy } from './repository-copy.ts';

// Every step is a process of its own.
vi.setConfig({ testTimeout: 600_000 });

/** Whatever compiles against the events. */
const TOUCHED = [
  'schemas',
  'packages/events',
  'packages/producer',
  'packages/consumer',
  'apps/stream-processor',
  'apps/storefront',
  'apps/demo',
];

/** Runs a subcommand, which must end with this code; what it finds wrong is no failure of its own. */
async function schemas(copy: RepositoryCopy, code: 0 | 1, ...args: string[]): Promise<string> {
  const exit = await copy.schemas(...args);
  if (exit.code === code && exit.err === '') return exit.out;
  throw new Error(`${args.join(' ')} ended with ${exit.code}:\n${exit.err}${exit.out}`);
}

/** Adds lines after something that a file says. */
async function insert({ edit }: RepositoryCopy, file: string, after: string, lines: string) {
  await edit(file, after, `${after}\n${lines}`);
}

/** The first version that a definition or a manifest states. */
async function versionOf({ read }: RepositoryCopy, file: string): Promise<string> {
  return /"?version"?: ['"]([^'"]+)/.exec(await read(file))?.[1] ?? '';
}

test.concurrent("Tuesday's optional field is a minor, and no handler knows of it", async () => {
  await using copy = await copyRepository();
  const file = 'schemas/src/page-view.ts';
  const from = await versionOf(copy, file);
  const to = inc(from, 'minor') ?? '';
  const packages = await versionOf(copy, 'schemas/package.json');

  await copy.write(file, `${IMPORT_FIELDS}${await copy.read(file)}`);
  await insert(copy, file, 'payload: {', SCROLL_DEPTH);

  // She knows what it means before anybody else does, and what to do.
  const judged = await schemas(copy, 1, 'check');
  expect(judged).toContain('minor  /properties/scroll_depth  property-added-optional');
  expect(judged).not.toContain('breaks');
  expect(judged).toContain(`set the version of page_view to ${to}, it says ${from}`);
  const short = await schemas(copy, 1, 'bump');
  expect(short).toContain(`write \`version: '${to}'\` into its definition, or run`);
  expect(short).toContain('The schemas need a minor release, the changesets declare none.');

  expect(await schemas(copy, 0, 'bump', '--write')).toContain(`wrote    ${file}`);
  expect(await versionOf(copy, file)).toBe(to);
  const stale = await schemas(copy, 1, 'generate', '--check');
  expect(stale).toContain('changed  packages/events/src/gen/page-view.ts');
  expect(await schemas(copy, 0, 'generate')).toContain('packages/producer/src/gen/methods.ts');
  expect(await schemas(copy, 0, 'lint')).toContain('keep all');
  expect(await schemas(copy, 0, 'check')).toContain('Every declared version is high enough.');
  expect(await schemas(copy, 0, 'bump')).toContain('the changesets declare minor.');

  expect(await copy.types(...TOUCHED)).toBe('');
  const files = (await copy.changed()).map((line) => line.slice('?? '.length));
  expect(files.filter((each) => !/\/gen\/|^schemas\/|^\.changeset\//.test(each))).toEqual([]);
  await copy.commit();

  const released = await schemas(copy, 0, 'release');
  expect(released).toContain(
    `page_view ${to} is released as schemas/released/page_view/${to}.json`,
  );
  expect(released).toContain(`raised from ${packages} to ${inc(packages, 'minor')}`);
  const alter = await copy.read(`schemas/warehouse/page_view/alter-${from}-${to}.sql`);
  expect(alter).toMatch(/^ALTER TABLE `page_view_v1` ADD COLUMNS \(\n\s+`scroll_depth` int/m);
  expect(await copy.read(`schemas/released/page_view/${to}.json`)).toContain('"scroll_depth"');
  expect(await copy.read('packages/producer/CHANGELOG.md')).toContain(
    `\`page_view\` ${to}: optional field \`scroll_depth\` added.`,
  );
  // What was released before is as it was: only a file is new, and its line in the index.
  expect((await copy.changed()).filter((line) => line.includes('schemas/released/'))).toEqual([
    ' M schemas/released/index.json',
    `?? schemas/released/page_view/${to}.json`,
  ]);
  await copy.commit();
  expect(await schemas(copy, 0, 'check')).toContain('Nothing has changed since the last release.');
  expect(await schemas(copy, 0, 'generate', '--check')).toContain('are up to date');
});

test.concurrent('a new event is a minor, and the compiler points at the handler to write', async () => {
  await using copy = await copyRepository();
  const registry = 'schemas/src/index.ts';
  await copy.write('schemas/src/shop-rated.ts', SHOP_RATED);
  await copy.write(
    registry,
    `import { shopRated } from './shop-rated.ts';\n${await copy.read(registry)}`,
  );
  await insert(copy, registry, 'events: [', '    shopRated,');

  expect(await schemas(copy, 0, 'check')).toContain('shop_rated 1.0.0: new event (minor)');
  expect(await schemas(copy, 1, 'bump')).toContain('needs a minor release');
  expect(await schemas(copy, 0, 'bump', '--write')).toContain('wrote    .changeset/');
  expect(await schemas(copy, 0, 'generate')).toContain('packages/events/src/gen/shop-rated.ts');
  expect(await schemas(copy, 0, 'lint')).toContain('keep all');
  expect(await schemas(copy, 0, 'bump')).toContain('the changesets declare minor.');

  // Writers and the packages themselves need nothing; of the readers, whoever handles every event.
  const missing = linesOf(await copy.types(...TOUCHED));
  expect(missing).toContainEqual(
    expect.stringMatching(/^apps\/stream-processor\/src\/handlers\.ts\(\d+,\d+\): error TS2741: /),
  );
  const others = missing.filter(
    (line) => !line.includes("Property 'shopRated' is missing in type"),
  );
  expect(others).toEqual([]);

  await copy.edit(
    'apps/stream-processor/src/handlers.ts',
    '    click: ',
    '    shopRated: (event, record) => toStore(event, record),\n    click: ',
  );
  // Tests may have handlers of their own, and learn of the event in the same way.
  const left = linesOf(await copy.types('apps/stream-processor'));
  expect(left.filter((line) => !/^\S+\.test\.ts\(/.test(line))).toEqual([]);
});

test.concurrent('a type change is refused, and done as a major that old records survive', async () => {
  await using copy = await copyRepository();
  const [file, older] = ['schemas/src/purchase.ts', 'schemas/src/purchase-v1.ts'];
  const [registry, released] = ['schemas/src/index.ts', await versionOf(copy, file)];
  const definition = await copy.read(file);
  const order = { user_id: 'user-1', timestamp: NOON, amount: 19.99, currency: 'EUR', items: [] };
  // Whoever has not been deployed since writes records like this one.
  const old = await sendPurchase(copy, { ...order, order_id: 'order-2026-000123' });

  const changed = definition.replace(/order_id: identifier\(\{[^}]*\}\)/, ORDER_NUMBER);
  await copy.write(file, `${IMPORT_FIELDS}${changed}`);
  const judged = await schemas(copy, 1, 'check');
  expect(judged).toMatch(TYPE_CHANGED);
  expect(judged).toContain('define purchase 2.0.0 beside it');
  const short = await schemas(copy, 1, 'bump');
  expect(short).toContain('purchase.order_id (type-changed) needs a major release');
  expect(short).toContain(`define purchase 2.0.0 beside ${released} with an upcast, or undo it`);

  // The proper way: the old major stays, and says how it becomes the new one.
  await copy.write(older, definition.replace('const purchase =', 'const purchaseV1 ='));
  await copy.edit(file, `version: '${released}'`, "version: '2.0.0'");
  await copy.edit(registry, '    purchase,', '    purchaseV1,\n    purchase,');
  await copy.edit(registry, '  events: [', `${UPCASTS}\n  events: [`);
  await copy.write(registry, `${IMPORT_MAJORS}${await copy.read(registry)}`);
  expect(await schemas(copy, 0, 'check')).toContain('purchase 2.0.0: new major version (major)');
  expect(await schemas(copy, 0, 'lint')).toContain('keep all');
  expect(await schemas(copy, 1, 'bump')).toContain('needs a major release');
  await schemas(copy, 0, 'bump', '--write');
  expect(await schemas(copy, 0, 'bump')).toContain('the changesets declare major.');
  expect(await schemas(copy, 0, 'generate')).toContain('packages/events/src/gen/purchase-v1.ts');

  // Whoever writes the event has to give the number; whoever reads it needs no change.
  const broken = await copy.types(...TOUCHED);
  expect(broken).toContain('apps/storefront/src/shop-pages.ts');
  expect(broken).not.toMatch(/^(apps\/stream-processor|packages\/(events|consumer))/m);
  await numberOrders(copy, broken);
  expect(await copy.types(...TOUCHED)).toBe('');

  await copy.commit();
  expect(await schemas(copy, 0, 'release')).toContain('purchase 2.0.0 is released as');
  expect(await copy.read('packages/events/CHANGELOG.md')).toContain(
    '`purchase` 2.0.0: `order_id`: string → integer.',
  );
  const snapshots = (await copy.changed()).filter((line) => line.includes('schemas/released/'));
  expect(snapshots).toEqual([
    ' M schemas/released/index.json',
    '?? schemas/released/purchase/2.0.0.json',
  ]);

  const now = await sendPurchase(copy, { ...order, order_id: 2_026_000_124 });
  const { schema_version: _, ...next } = now;
  const unknown = { ...next, schema_version: '3.0.0' };
  expect([old['schema_version'], now['schema_version']]).toEqual([released, '2.0.0']);
  expect(await runPipeline(copy, [old, unknown, now])).toEqual({
    stored: [{ ...old, schema_version: '2.0.0', order_id: 2_026_000_123 }, now],
    counters: { 'revenue|EUR|2026-11-23': '39.98' },
    quarantined: [{ reason: 'unknown_version', record: unknown }],
  });
  await copy.commit();

  // Long after, nobody sends the old major any more: it goes, and is declared as gone.
  await copy.remove(older);
  await copy.edit(registry, IMPORT_MAJORS, '');
  await copy.edit(registry, UPCASTS, '');
  await copy.edit(registry, '    purchaseV1,\n', '');
  const undeclared = await schemas(copy, 1, 'check');
  expect(undeclared).toContain('a major that nobody sends any more under "retired"');
  expect(await schemas(copy, 1, 'lint')).toContain('Version 1.x has been released and is not');
  await insert(copy, registry, '  envelope,', RETIRED);
  expect(await schemas(copy, 0, 'check')).toContain(
    `purchase ${released}: retired major, its records are quarantined as unknown_version (major)`,
  );
  expect(await schemas(copy, 0, 'lint')).toContain('keep all');
  expect(await schemas(copy, 1, 'bump')).toContain(
    'purchase (major-retired) needs a major release',
  );
  await schemas(copy, 0, 'bump', '--write');
  await schemas(copy, 0, 'generate');
  expect(await copy.types(...TOUCHED)).toBe('');
  await copy.commit();
  await schemas(copy, 0, 'release');
  expect(await copy.read('packages/consumer/CHANGELOG.md')).toContain(
    '`purchase` 1.x is retired: its records are quarantined as `unknown_version`. The last 1.x',
  );
  expect(await schemas(copy, 0, 'check')).toContain('Nothing has changed since the last release.');
  expect(await parseRecord(copy, old)).toMatchObject({
    ok: false,
    reason: 'unknown_version',
    message: `The purchase has version "${released}"; known is 2.x.`,
  });
});

const NOON = '2026-11-23T12:00:00.000Z';

const TYPE_CHANGED = new RegExp(
  [
    String.raw` {2}major {2}/properties/order_id/type {2}type-changed: string → integer`,
    String.raw` +breaks new consumers: .*\(backward\)`,
    String.raw` +breaks running consumers: .*\(forward\)`,
  ].join('\n'),
);

function linesOf(output: string): string[] {
  return output.split('\n').filter((line) => line !== '');
}

/** Makes a number of the order wherever the type checker says that it must be one. */
async function numberOrders({ read, write }: RepositoryCopy, errors: string): Promise<void> {
  for (const [error, file = '', line] of errors.matchAll(/^(.+)\((\d+),\d+\): error TS2322.*$/gm)) {
    const lines = (await read(file)).split('\n');
    const mended = lines.map((text, at) =>
      at + 1 === Number(line) ? text.replace(/order_id: ([^,]+)/, 'order_id: Number($1)') : text,
    );
    if (mended.join() === lines.join()) throw new Error(`Nothing to mend: ${error}`);
    await write(file, mended.join('\n'));
  }
}
