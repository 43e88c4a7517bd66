import { expect, test } from 'vitest';
import { insertSection } from './section.ts';

test('a section is added once and then replaced', () => {
  const section = { name: 'speed', command: 'pnpm bench', title: 'How fast', content: 'first' };
  const once = insertSection('# Package\n', section);
  expect(once).toMatch(/^# Package\n\n## How fast\n\n<!-- bench speed: .*\n\nfirst\n/);
  const twice = insertSection(`${once}\n## After\n`, { ...section, content: 'second' });
  expect(twice).toContain('second');
  expect(twice).not.toContain('first');
  expect(twice).toMatch(/## After\n$/);
});
