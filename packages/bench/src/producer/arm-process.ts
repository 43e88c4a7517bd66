import { BenchError } from '../errors.ts';
import { arms } from './arms.ts';
import { measureCalls, measureSend, send } from './measure.ts';
import { profiled } from './profile/profiled.ts';
import type { ArmMessage, ArmRequest, ArmSettings } from './protocol.ts';
import { createWorkload } from './workload.ts';

// A process for one arm and round: `node arm-process.ts <ArmSettings as JSON>`, over an IPC channel.
// It does what it is asked for until the channel is closed.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the runner wrote it
const settings = JSON.parse(process.argv[2] ?? '{}') as ArmSettings;
const tell = (message: ArmMessage): void => void process.send?.(message);

const stop = { stopped: false };
process.once('SIGTERM', () => (stop.stopped = true));

const arm = arms[settings.arm];
if (arm === undefined) throw new BenchError('invalid_option', `There is no arm ${settings.arm}.`);
const work = createWorkload(settings);
const sender = await arm.open(settings);
process.on('message', (request: ArmRequest) => void answer(request));
process.once('disconnect', () => void sender.close());

async function answer(request: ArmRequest): Promise<void> {
  if (request.kind === 'warm up') {
    for (let sent = 0; sent < request.events; sent += work.length) {
      await send(sender, work.slice(0, request.events - sent));
    }
    await sender.flush();
    tell({ kind: 'warm' });
    return;
  }
  if (request.kind === 'call') {
    const figures = await measureCalls(sender, work.slice(0, request.calls));
    tell({ kind: 'called', figures });
    return;
  }
  const { eventsPerSecond, keepTimes, profile } = settings;
  const trackedAtMs = keepTimes === true ? [] : undefined;
  const measure = () => measureSend(sender, work, { eventsPerSecond, stop, trackedAtMs });
  const figures = await (profile === undefined ? measure() : profiled(profile, measure));
  tell({ kind: 'sent', figures });
}
