import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Random } from '../random.ts';

/**
 * Ports on 127.0.0.1 that stay this demo's while nobody listens on them. A port that the system
 * hands out may by then be the other end of somebody's connection; these lie below that range.
 */
export async function freePorts(count: number, random: Random): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = random.integer(15_000, 30_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const outcome = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (outcome) await once(server.close(), 'close');
  return outcome;
}
