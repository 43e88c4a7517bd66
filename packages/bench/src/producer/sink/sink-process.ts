import type { SinkReply, SinkRequest } from '../protocol.ts';
import { createCertificate } from './certificate.ts';
import { startServer } from './server.ts';
import { createStream } from './stream.ts';

// The sink, in a process of its own. It ends with the channel to the process that started it.
const tell = (reply: SinkReply): void => void process.send?.(reply);

let stream = createStream({ shards: 1, seed: 'idle', faults: {}, events: 0 });
let before = { handshakes: 0, cpu: process.cpuUsage(), atMs: performance.now() };

const certificate = await createCertificate();
const server = await startServer(certificate, (...request) => stream.handle(...request));

process.on('message', (request: SinkRequest) => {
  if (request.kind === 'reset') {
    stream = createStream(request.settings);
    before = {
      handshakes: server.handshakes(),
      cpu: process.cpuUsage(),
      atMs: performance.now(),
    };
    tell({ kind: 'reset' });
    return;
  }
  const { user, system } = process.cpuUsage(before.cpu);
  const load = (user + system) / 1000 / (performance.now() - before.atMs);
  const report = {
    ...stream.ledger(request.events),
    requests: stream.requests(),
    records: stream.records(),
    handshakes: server.handshakes() - before.handshakes,
    load,
  };
  tell({ kind: 'report', report });
});
process.once('disconnect', () => void server.close());

tell({ kind: 'listening', port: server.port, certificate: certificate.cert });
