import { createServer, type IncomingHttpHeaders } from 'node:http';

/** A request of the SDK as it came over the wire. */
export interface SdkRequest {
  /** The operation, such as `PutRecords`. */
  readonly operation: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpService extends AsyncDisposable {
  readonly endpoint: string;
}

/**
 * Answers the SDK over HTTP. What `answer` leaves undefined goes on to another endpoint.
 *
 * @param answer an HTTP status and a body
 */
export async function createHttpService(
  answer: (request: SdkRequest) => readonly [status: number, body: unknown] | undefined,
  otherwise = '',
): Promise<HttpService> {
  const respond = async (request: SdkRequest): Promise<readonly [number, string]> => {
    const answered = answer(request);
    if (answered !== undefined) return [answered[0], JSON.stringify(answered[1])];
    const { headers, body } = request;
    const passed = {
      'content-type': headers['content-type'],
      'x-amz-target': headers['x-amz-target'],
    };
    const response = await fetch(otherwise, {
      method: 'POST',
      headers: new Headers(Object.entries(passed).map(([name, value]) => [name, String(value)])),
      body,
    });
    return [response.status, await response.text()];
  };
  const server = createServer((message, response) => {
    const serve = async (): Promise<void> => {
      let body = '';
      message.setEncoding('utf8');
      for await (const chunk of message) body += String(chunk);
      const { headers } = message;
      const operation = String(headers['x-amz-target']).replace(/^.*\./, '');
      const [status, answered] = await respond({ operation, headers, body });
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(answered);
    };
    serve().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the service has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
