/** Small programs with a log, to be killed; run by kill.test.ts. */
import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { event, openTestSpill } from './directory.ts';

const [, , script = '', directory = '', firstNumber = '0'] = process.argv;
const spill = openTestSpill(directory, { segmentBytes: 16 * 1024, maxBytes: 64 * 1024 * 1024 });
/** The other end has it even if the process is killed now. */
const print = (line: string): unknown => writeSync(1, `${line}\n`);

switch (script) {
  case 'appends':
    for (let number = Number(firstNumber); ; number += 1) {
      const each = event(number, 200);
      if (spill.write(each) !== 'safe') throw new Error('not safe');
      print(each.eventId);
    }
  case 'appends and settles':
    for (let number = Number(firstNumber); ; number += 1) {
      const each = event(number, 200);
      if (spill.write(each) !== 'safe') throw new Error('not safe');
      print(`appended ${each.eventId}`);
      if (number >= Number(firstNumber) + 40) {
        const { eventId } = event(number - 40);
        print(`settled ${eventId}`);
        spill.done(eventId);
      }
      if (number % 10 === 0) await setImmediate();
    }
  case 'holds':
    for (const { eventId } of spill.backlog()) print(`took ${eventId}`);
    spill.write(event(Number(firstNumber)));
    print('holds');
    setInterval(() => undefined, 60_000);
    break;
  default:
    throw new Error('no such script');
}
