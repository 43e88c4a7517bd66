import { BenchError } from '../errors.ts';
import { arms } from './arms.ts';
import { measureCalls, measureSend, send } from './measure.ts';
import { profiled } from './profile/profiled.ts';
import type { ArmMessage, ArmSettings } from './protocol.ts';
import { createWorkload } from './workload.ts';

// A process for one arm and round: `node arm-process.ts <ArmSettings as JSON>`, over an IPC channel.
// It says when it is warm, and measures when it is told to go on.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the runner wrote it
const settings = JSON.parse(process.argv[2] ?? '{}') as ArmSettings;
const tell = (message: ArmMessage): void => void process.send?.(message);
const toldToGoOn = async (): Promise<void> =>
  new Promise((resolve) => process.once('message', () => resolve()));

const stop = { stopped: false };
process.once('SIGTERM', () => (stop.stopped = true));

const arm = arms[settings.arm];
if (arm === undefined) throw new BenchError('invalid_option', `There is no arm ${settings.arm}.`);
const work = createWorkload(settings);
const sender = await arm.open(settings);
await send(sender, work.slice(0, settings.warmUp));
await sender.flush();

const go = toldToGoOn();
tell({ kind: 'warm' });
await go;
const { eventsPerSecond, keepTimes, profile } = settings;
const trackedAtMs = keepTimes === true ? [] : undefined;
const measure = () => measureSend(sender, work, { eventsPerSecond, stop, trackedAtMs });
const sent = await (profile === undefined ? measure() : profiled(profile, measure));
const more = toldToGoOn();
tell({ kind: 'sent', figures: sent });
await more;
if (settings.timedCalls > 0) {
  const figures = await measureCalls(sender, work.slice(0, settings.timedCalls));
  tell({ kind: 'called', figures });
}
await sender.close();
process.disconnect();
