import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { registerAssets } from './assets.ts';
import { maxBodyBytes, registerCollect, type Tracker } from './collect.ts';
import { html } from './html.ts';
import { page } from './pages/layout.ts';
import { registerShopPages } from './shop-pages.ts';
import { Trail } from './trail.ts';

export interface ServerOptions {
  /** Where events go. The caller closes it, after the server. */
  readonly producer: Tracker;
  /** Where log lines (JSON) go. Default nowhere. */
  readonly logTo?: NodeJS.WritableStream;
}

/** Nothing from elsewhere, no script in the page itself: markup that slips in can do nothing. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Creates the shop's web server. Nothing listens yet: call `listen`.
 *
 * `close` takes no new requests and waits for those under way.
 */
export function createServer({ producer, logTo }: ServerOptions): FastifyInstance {
  const server = fastify({
    bodyLimit: maxBodyBytes,
    logger: logTo === undefined ? false : { level: 'warn', stream: logTo },
    forceCloseConnections: 'idle',
  });
  server.addHook('onRequest', async (_request, reply) => {
    reply
      .header('content-security-policy', contentSecurityPolicy)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'same-origin');
  });
  // Else a connection that was busy when the server closed stays open for the next request.
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const statusCode = error.statusCode ?? 500;
    if (statusCode >= 500) request.log.error({ err: error }, 'a request failed');
    return reply.code(statusCode).send({ error: publicError(error, statusCode) });
  });
  server.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .type('text/html; charset=utf-8')
      .send(page({ title: 'Not here · Sundry', cartCount: 0, main: notFound }).toString()),
  );

  server.get('/healthz', () => ({ status: 'ok' }));
  registerAssets(server);
  const trail = new Trail();
  registerCollect(server, producer, trail);
  registerShopPages(server, producer, trail);
  return server;
}

const notFound = html`
  <h1>We do not have that</h1>
  <p><a class="primary" href="/" data-track="back-to-shop">See what we have</a></p>
`;

/** What a client may know of an error: everything about its own mistakes, nothing of ours. */
function publicError(
  { code, message }: FastifyError,
  statusCode: number,
): { readonly code: string; readonly message: string } {
  if (statusCode >= 500) return { code: 'internal', message: 'Something went wrong. Try again.' };
  if (statusCode === 413) {
    const most = `The body must have at most ${maxBodyBytes} bytes. Send fewer events at a time.`;
    return { code: 'body_too_large', message: most };
  }
  return { code: code.toLowerCase().replace(/^fst_err_(ctp_)?/, ''), message };
}
