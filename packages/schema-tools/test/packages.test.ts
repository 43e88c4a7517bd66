import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copySources, ROOT, run } from './repository.ts';

/** Those that others need come first. */
const PACKAGES = [
  { name: '@clickstream/events', folder: 'packages/events' },
  { name: '@clickstream/aggregation', folder: 'packages/aggregation' },
  { name: '@clickstream/schema-tools', folder: 'packages/schema-tools' },
  { name: '@clickstream/producer', folder: 'packages/producer' },
  { name: '@clickstream/consumer', folder: 'packages/consumer' },
  { name: '@clickstream/schemas', folder: 'schemas' },
];

interface Manifest {
  readonly version: string;
  readonly exports: string;
  readonly packageManager: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

let root: string;
const manifests = new Map<string, Manifest>();
const project = (...parts: string[]): string => path.join(root, 'project', ...parts);
const tarball = (name: string): Promise<Buffer> =>
  readFile(path.join(root, `${name.replace('/', '-').slice(1)}.tgz`));

/** Builds and packs a copy of the packages, and unpacks them into a project that has nothing else. */
beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'packages-')));
  const copy = path.join(root, 'workspace');
  const folders = PACKAGES.map(({ folder }) => folder);
  await copySources(copy, [
    'package.json',
    'pnpm-workspace.yaml',
    'tsconfig.base.json',
    ...folders,
  ]);
  for (const { folder } of PACKAGES) await linkDependencies(copy, folder);
  for (const { name, folder } of PACKAGES) {
    const cwd = path.join(copy, folder);
    await run(process.execPath, [tsc(), '-p', 'tsconfig.build.json'], cwd);
    const file = `${name.replace('/', '-').slice(1)}.tgz`;
    await pnpm(['pack', '--out', path.join(root, file)], cwd);
    await mkdir(project('node_modules', name), { recursive: true });
    const into = ['--strip-components=1', '-C', project('node_modules', name)];
    await run('tar', ['-xzf', path.join(root, file), ...into]);
    const manifest = await readManifest(project('node_modules', name));
    manifests.set(name, manifest);
    await installDependencies(folder, manifest);
  }
  await link(path.join(ROOT, 'packages/events/node_modules/@types/node'), '@types/node');
}, 120_000);

afterAll(() => rm(root, { recursive: true, force: true }));

test.each(PACKAGES)('$name passes publint, strictly', async ({ name }) => {
  const data = await tarball(name);
  const packed = new ArrayBuffer(data.byteLength);
  new Uint8Array(packed).set(data);
  const { messages } = await publint({ pack: { tarball: packed }, strict: true });
  expect(messages).toEqual([]);
});

test.each(PACKAGES)(
  'the types of $name are right for ES modules and bundlers',
  async ({ name }) => {
    const analysis = await checkPackage(createPackageFromTarballData(await tarball(name)));
    if (!analysis.types) throw new Error(`${name} has no types`);
    const problems = analysis.problems.filter(
      (problem) => !('resolutionKind' in problem) || !/node10|cjs/.test(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
  },
);

test.each(PACKAGES)('$name brings what npm shows, and no way to its source', async ({ name }) => {
  const manifest = manifests.get(name);
  expect(manifest?.exports).toContain('./dist/index.js');
  expect(manifest?.exports).not.toContain('source');
  expect(JSON.stringify(manifest?.dependencies)).not.toMatch(/workspace:|catalog:/);
  const { stdout } = await run('tar', ['-tzf', `${name.replace('/', '-').slice(1)}.tgz`], root);
  const files = stdout.trim().split('\n');
  for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/index.js', 'dist/index.d.ts']) {
    expect(files).toContain(`package/${file}`);
  }
  expect(files.filter((file) => /\.test\.|\/src\/|(?<!\.d)\.ts$/.test(file))).toEqual([]);
});

test('outside of the workspace, a program compiles, sends an event and handles it', async () => {
  await writeFile(project('package.json'), '{ "type": "module", "private": true }');
  await writeFile(project('tsconfig.json'), JSON.stringify(TSCONFIG));
  await writeFile(project('program.ts'), PROGRAM);
  for (const [index, { name }] of PACKAGES.entries()) {
    const readme = await readFile(project('node_modules', name, 'README.md'), 'utf8');
    const [, sample = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    expect(sample).toContain(name);
    await writeFile(project(`readme-${index}.ts`), sample);
  }
  await run(process.execPath, [tsc(), '-p', '.'], project());
  const { stdout } = await run(process.execPath, ['program.js'], project());
  expect(JSON.parse(stdout)).toEqual({
    receipt: { shardId: 'shardId-0', sequenceNumber: '1', attempts: 1 },
    response: { batchItemFailures: [] },
    handled: ['https://shop.example/'],
    released: 'https://clickstream.example/schemas/page_view/1.0.0.json',
    defined: true,
  });
});

test('the command runs from its package', async () => {
  const main = project('node_modules/@clickstream/schema-tools/dist/main.js');
  const { stdout } = await run(process.execPath, [main, '--help'], project());
  expect(stdout).toContain('Usage: schemas');
});

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2024',
    lib: ['ES2024', 'ESNext.Disposable'],
    module: 'NodeNext',
    types: ['node'],
    strict: true,
  },
};

const PROGRAM = `
import { createKinesisHandler } from '@clickstream/consumer';
import { createProducer } from '@clickstream/producer';
import registry from '@clickstream/schemas';
import { composeEvents } from '@clickstream/schema-tools';
import pageView from '@clickstream/schemas/released/page_view/1.0.0.json' with { type: 'json' };

const sent: { partitionKey: string; data: Uint8Array }[] = [];
const producer = createProducer({
  streamName: 'clickstream',
  transport: {
    async putRecords(records) {
      sent.push(...records);
      return records.map(() => ({ ok: true, shardId: 'shardId-0', sequenceNumber: '1' }));
    },
  },
});
const { eventId, ...receipt } = await producer.pageView({
  user_id: 'user-1',
  url: 'https://shop.example/',
});
await producer.close();

const handled: string[] = [];
const handler = createKinesisHandler({
  handlers: {
    pageView: (event) => void handled.push(event.url),
    click: () => undefined,
    purchase: () => undefined,
  },
  onPermanentFailure: async (failure) => {
    throw new Error(failure.message);
  },
});
const Records = sent.map(({ partitionKey, data }) => ({
  kinesis: {
    kinesisSchemaVersion: '1.0',
    partitionKey,
    sequenceNumber: '1',
    data: Buffer.from(data).toString('base64'),
    approximateArrivalTimestamp: 1_764_000_000,
  },
  eventSource: 'aws:kinesis',
  eventVersion: '1.0',
  eventID: 'shardId-0:1',
  eventName: 'aws:kinesis:record',
  invokeIdentityArn: 'arn:aws:iam::123456789012:role/processor',
  awsRegion: 'eu-central-1',
  eventSourceARN: 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream',
}));
const response = await handler({ Records }, { getRemainingTimeInMillis: () => 60_000 });
const defined = composeEvents(registry).some(({ type }) => type === 'page_view');
console.log(JSON.stringify({ receipt, response, handled, released: pageView.$id, defined }));
`;

/** What a package of the copy needs to be compiled: as in the repository, but of the copy. */
async function linkDependencies(copy: string, folder: string): Promise<void> {
  const manifest = await readManifest(path.join(copy, folder));
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
    const ours = PACKAGES.find((each) => each.name === name);
    const target = path.join(ROOT, folder, 'node_modules', name);
    const from = path.join(copy, folder, 'node_modules', name);
    await mkdir(path.dirname(from), { recursive: true });
    await symlink(ours === undefined ? target : path.join(copy, ours.folder), from);
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  const read: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const manifest = asRecord(read);
  return {
    version: String(manifest['version']),
    exports: JSON.stringify(manifest['exports']),
    packageManager: String(manifest['packageManager']),
    dependencies: asVersions(manifest['dependencies']),
    devDependencies: asVersions(manifest['devDependencies']),
  };
}

function asVersions(value: unknown): Record<string, string> {
  const entries = Object.entries(asRecord(value));
  return Object.fromEntries(entries.map(([name, version]) => [name, String(version)]));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Only what the packed manifest asks for is there: an import of anything else fails. */
async function installDependencies(folder: string, { dependencies }: Manifest): Promise<void> {
  for (const [name, version] of Object.entries(dependencies)) {
    const sibling = manifests.get(name);
    const found = path.join(ROOT, folder, 'node_modules', name);
    const installed = sibling ?? (await readManifest(found));
    expect(`${name}@${installed.version}`).toBe(`${name}@${version}`);
    if (sibling === undefined) await link(found, name);
  }
}

async function link(target: string, name: string): Promise<void> {
  await mkdir(path.dirname(project('node_modules', name)), { recursive: true });
  await rm(project('node_modules', name), { force: true });
  await symlink(await realpath(target), project('node_modules', name));
}

function tsc(): string {
  return path.join(ROOT, 'packages/schema-tools/node_modules/typescript/bin/tsc');
}

/** The pnpm that runs this test; without one, that of the repository. */
async function pnpm(args: readonly string[], cwd: string): Promise<void> {
  const running = process.env['npm_execpath'];
  if (running !== undefined && /pnpm[^/\\]*$/.test(running)) {
    await run(running, args, cwd);
    return;
  }
  const { packageManager } = await readManifest(ROOT);
  await run('npx', ['-y', packageManager, ...args], cwd);
}
