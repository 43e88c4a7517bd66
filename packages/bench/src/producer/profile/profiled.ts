import { readFile, writeFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';

const SAMPLING_INTERVAL_US = 250;

/** Does something and writes a CPU profile of it, for Chrome's DevTools and others. */
export async function profiled<Result>(file: string, run: () => Promise<Result>): Promise<Result> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  await session.post('Profiler.start');
  const result = await run();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  await writeFile(file, JSON.stringify(profile));
  return result;
}

/** Reads what {@link profiled} wrote. */
export async function readProfile(file: string): Promise<Profiler.Profile> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above
  return JSON.parse(await readFile(file, 'utf8')) as Profiler.Profile;
}
