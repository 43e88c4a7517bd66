import { expect, test } from 'vitest';
import type { Results } from '../rounds.ts';
import { summarize } from '../statistics.ts';
import { OURS } from './arms.ts';
import { formatReport, report } from './report.ts';

function resultsOf(ours: number, theirs: number): Results {
  return new Map([
    [OURS, new Map([['click reader valid', summarize([ours * 1e6])]])],
    ['rival', new Map([['click reader valid', summarize([theirs * 1e6])]])],
  ]);
}

test('the target is met at 1.3 times the median of the rival', () => {
  expect(report(resultsOf(1.3, 1), 'rival')).toMatchObject({ ok: true, cases: [{ ratio: 1.3 }] });
  expect(report(resultsOf(1.29, 1), 'rival')).toMatchObject({ ok: false, cases: [{ ok: false }] });
});

test('a rival that was not measured meets nothing', () => {
  expect(report(resultsOf(2, 1), 'nobody').ok).toBe(false);
});

test('the table names every arm and the ratio', () => {
  const text = formatReport(report(resultsOf(1, 2), 'rival'));
  expect(text).toContain('generated ÷ rival');
  expect(text).toMatch(/click reader valid +1\.00 .* 2\.00 .* 0\.50× \(below\)/);
  expect(text).toContain('missed');
});
