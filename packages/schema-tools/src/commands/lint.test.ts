import path from 'node:path';
import { expect, test } from 'vitest';
import { createWorkspace, type Workspace } from '../../test/workspace.ts';
import { runCommand } from '../command.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');
const TOOLS = path.join(REPOSITORY, 'packages/schema-tools/src/index.ts');
const TODAY = ['--today', '2026-11-23'];

async function run(root: string, ...args: string[]) {
  let [out, err] = ['', ''];
  const code = await runCommand(['lint', ...args], {
    cwd: root,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { code, out, err };
}

/** A registry of one event with one field more than the envelope. */
async function writeRegistry({ write }: Workspace, field: string, event = ''): Promise<void> {
  await write(
    'schemas/src/index.ts',
    `import { defineEvent, defineRegistry, text } from ${JSON.stringify(TOOLS)};
     const user_id = text({ description: 'Who booked the stay.', examples: ['u1'], maxLength: 9, pii: 'pseudonym' });
     const booking = text({ description: 'The stay as the hotel calls it.', examples: ['B-17'], maxLength: 9, ${field} });
     const roomBooked = defineEvent({
       type: 'room_booked', version: '2.0.0', description: 'A guest booked a stay.', owner: 'travel',
       payload: { booking }, ${event}
     });
     export default defineRegistry({
       baseUri: 'https://test.example/schemas/',
       envelope: { stamped: () => ({}), given: { user_id }, defaulted: {} },
       events: [roomBooked],
     });`,
  );
}

test('the schemas of this repository keep every rule, exceptions or not', async () => {
  // Exceptions end with time: whether they still hold is for `pnpm check`, not for a test.
  const { code, out } = await run(REPOSITORY, ...TODAY);
  expect(out).toMatch(/^\d+ events and the envelope keep all \d+ rules\.\n$/);
  expect(code).toBe(0);
});

test('findings are grouped by event, say where and how to mend, and end with 1', async () => {
  await using workspace = await createWorkspace();
  const { root, write } = workspace;
  await writeRegistry(workspace, "deprecated: { since: '1.1.0', removeIn: '2.0.0' }");
  await write('schemas/src/room-booked.ts', '');
  const { code, out, err } = await run(root, ...TODAY);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toBe(`room_booked 2.0.0  schemas/src/room-booked.ts
  pii-marked  /properties/booking
    Nothing says what the value can tell about a person. Give it a \`pii\`: none, incidental, indirect, pseudonym, direct, sensitive.
  deprecation-kept  /properties/booking
    It was to be removed in 2.0.0; this is 2.0.0. Remove it and add its path to \`reserved\`, or announce a later major.

2 findings. \`pnpm schemas lint --rules\` says why.
`);
});

test('released versions are read, and --json is one object alone', async () => {
  await using workspace = await createWorkspace();
  const { root, write } = workspace;
  await writeRegistry(workspace, "pii: 'pseudonym'", "reserved: ['colour']");
  const past = { type: 'object', properties: { booking: {}, colour: {}, nights: {} } };
  await write('schemas/released/room_booked/1.0.0.json', JSON.stringify(past));
  await write('old/room_booked/1.0.0.json', JSON.stringify({ properties: { booking: {} } }));
  await write('old/room_seen/1.0.0.json', '{}');

  const { code, out, err } = await run(root, '--json', ...TODAY);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  const answer: unknown = JSON.parse(out);
  expect(answer).toMatchObject({
    ok: false,
    findings: [
      {
        rule: 'removed-name-reserved',
        event: 'room_booked',
        version: '2.0.0',
        path: '',
        message: 'nights, which version 1.0.0 had, is gone and not reserved.',
      },
      { rule: 'released-event-kept', path: '' },
    ],
  });
  expect(answer).toHaveProperty(
    'findings.0.doc',
    expect.stringContaining('its path to `reserved`'),
  );

  const elsewhere = await run(root, '--released', 'old', ...TODAY);
  expect(elsewhere.out).toContain('room_seen 1.0.0\n  released-event-kept');
});

test('an exception holds until its day', async () => {
  await using workspace = await createWorkspace();
  const exception = "{ rule: 'pii-marked', reason: 'Legal is asked.', until: '2027-03-01' }";
  await writeRegistry(workspace, `lint: [${exception}]`);
  expect(await run(workspace.root, ...TODAY, '--json')).toMatchObject({
    code: 0,
    out: '{"ok":true,"findings":[]}\n',
  });
  const late = await run(workspace.root, '--today', '2027-03-02');
  expect(late.code).toBe(1);
  expect(late.out).toContain('The exception from pii-marked ended on 2027-03-01.');
});

test('--rules prints every rule with its text, without a registry', async () => {
  await using workspace = await createWorkspace();
  const { code, out } = await run(workspace.root, '--rules');
  expect(code).toBe(0);
  expect(out).toMatch(/^owner-named\n {2}Every event names the team to ask\. /);
  const json = await run(workspace.root, '--rules', '--json');
  const answer: unknown = JSON.parse(json.out);
  expect(answer).toHaveProperty('rules.length', out.match(/^\S/gm)?.length);
  expect(answer).toHaveProperty('rules.0.id', 'owner-named');
});

test.each([['--today', 'soon'], ['--today', '2026-02-30'], ['--fix'], ['here']])(
  'wrong usage %j %j exits 2 and says why',
  async (...args) => {
    const { code, out, err } = await run('.', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  },
);
