import { BenchError } from '../errors.ts';
import { measureArm } from './measure.ts';

// A process for one arm and round: `node arm-process.ts <arm> <budget in ms>`. Prints the figures.
const [name = '', budgetMs = ''] = process.argv.slice(2);
try {
  for (const [of, figure] of Object.entries(await measureArm(name, Number(budgetMs)))) {
    process.stdout.write(`${of}\t${figure}\n`);
  }
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(error.message);
  process.exitCode = 1;
}
