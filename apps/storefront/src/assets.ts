import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const types = {
  'storefront.css': 'text/css; charset=utf-8',
  'storefront.js': 'text/javascript; charset=utf-8',
  'storefront.svg': 'image/svg+xml',
} as const;

/** Registers the files that pages refer to. There are three; they are read once. */
export function registerAssets(server: FastifyInstance): void {
  for (const [name, type] of Object.entries(types)) {
    const contents = readFileSync(new URL(`../public/${name}`, import.meta.url));
    server.get(`/${name}`, (_request, reply) =>
      reply.type(type).header('cache-control', 'no-cache').send(contents),
    );
  }
}
