import { isAbsolute } from 'node:path';
import { expect, test } from 'vitest';
import { resolveSpillOptions } from './options.ts';

const MIB = 1024 * 1024;

test('the defaults', () => {
  const resolved = resolveSpillOptions({ directory: 'spill' }, MIB);
  expect(resolved).toMatchObject({ maxBytes: 256 * MIB, segmentBytes: MIB });
  expect(isAbsolute(resolved.directory)).toBe(true);
});

test.each([
  [{ directory: '' }, 'spill.directory: expected the path of a directory'],
  [{ directory: 'a\0b' }, 'spill.directory: expected the path of a directory'],
  [{ directory: 'a', maxBytes: 1 }, 'spill.maxBytes: expected a whole number from 65536 to'],
  [{ directory: 'a', segmentBytes: 0.5 }, 'spill.segmentBytes: expected a whole number from 4096'],
  [
    { directory: 'a', maxBytes: 2 * MIB },
    'at least segmentBytes and two of maxRecordBytes (3145728)',
  ],
  [{ directory: 'a', onCorruption: 1 }, 'spill.onCorruption: expected a function, received 1'],
  [{ directory: 'a', size: 1 }, "spill has no option 'size'; its options are directory, maxBytes"],
  [null, 'spill: expected { directory, … }, received null'],
])('%j is refused', (options, message) => {
  // @ts-expect-error: what a caller without types may pass
  const resolve = (): unknown => resolveSpillOptions(options, MIB);
  expect(resolve).toThrow(message);
  expect(resolve).toThrow(expect.objectContaining({ code: 'invalid_option' }));
});
