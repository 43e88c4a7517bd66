import { expect, test } from 'vitest';
import { runCommand } from './command.ts';

async function run(...args: string[]) {
  const printed = { out: '', err: '' };
  const code = await runCommand(args, {
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
  });
  return { code, ...printed };
}

test('help names every bench', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  for (const name of ['validators', 'generate', 'producer', 'consumer', 'pipeline'])
    expect(out).toContain(name);
});

test.each([
  [['unknown']],
  [['validators', '--rounds', '0']],
  [['validators', '--rounds', 'many']],
  [['generate', '--events', '1.5']],
  [['producer', '--only', 'kafka']],
  [['consumer', '--only', 'kafka']],
  [['pipeline', '--events', '1']],
])('%j is wrong usage', async (args) => {
  expect(await run(...args)).toMatchObject({ code: 2, out: '' });
});

test('an unknown rival is named before anything is installed', async () => {
  const { code, out, err } = await run('validators', '--only', 'joi', '--json');
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'invalid_option' } });
  expect(err).toContain('ajv standalone');
  expect(err).not.toContain('install');
});
