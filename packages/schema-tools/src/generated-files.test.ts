import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HEADER } from './generate.ts';
import { findDrift, repairDrift } from './generated-files.ts';

test('what was generated once and is not any more goes, however deep and in whatever language', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'generated-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const write = async (file: string, content: string) => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), content);
  };
  await write('schemas/warehouse/gone/v1.sql', `-- ${HEADER}\n`);
  await write('packages/events/src/gen/fixtures/gone.ts', `// ${HEADER}\n`);
  await write('packages/events/src/gen/fixtures/notes.txt', `Not ours.\n${HEADER}\n`);
  const files = new Map([['schemas/warehouse/here/v1.sql', `-- ${HEADER}\nSELECT 1;\n`]]);
  const drift = await findDrift(root, files);
  expect(drift).toEqual([
    { file: 'packages/events/src/gen/fixtures/gone.ts', kind: 'stale' },
    { file: 'schemas/warehouse/gone/v1.sql', kind: 'stale' },
    { file: 'schemas/warehouse/here/v1.sql', kind: 'missing' },
  ]);
  await repairDrift(root, files, drift);
  expect(await findDrift(root, files)).toEqual([]);
  expect(await readdir(path.join(root, 'packages/events/src/gen/fixtures'))).toEqual(['notes.txt']);
});
