import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, onTestFinished } from 'vitest';
import { createKinesisServer, type KinesisServer, type KinesisServerOptions } from './server.ts';

/** The two ways in which the AWS SDK for JavaScript talks to Kinesis. */
export const protocols = ['HTTP/2', 'HTTP/1.1'] as const;

/** A client of the AWS SDK that tries once, closed with the test. */
export function connect(
  server: KinesisServer,
  protocol: (typeof protocols)[number] = 'HTTP/1.1',
): KinesisClient {
  const client = new KinesisClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...(protocol === 'HTTP/1.1' && { requestHandler: new NodeHttpHandler() }),
  });
  onTestFinished(() => client.destroy());
  return client;
}

/** A server, closed with the test. */
export async function start(options: KinesisServerOptions = {}): Promise<KinesisServer> {
  const server = await createKinesisServer(options);
  onTestFinished(() => server.close());
  return server;
}

/** A clock that stands still until it is moved. */
export function manualClock(startMs = 1_700_000_000_000) {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** Stands for any string in what a test expects. */
export const anyString: unknown = expect.any(String);

/** Stands for a string that matches, in what a test expects. */
export function textLike(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

/** Stands for an error of the AWS SDK, in what a test expects. */
export function refusal(name: string, message = /./): unknown {
  return expect.objectContaining({ name, message: textLike(message) });
}
