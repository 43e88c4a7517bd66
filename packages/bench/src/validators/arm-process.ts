import { measureArm } from './measure.ts';

// A process for one arm and round: `node arm-process.ts <arm> <budget in ms>`. Prints the figures.
const [name = '', budgetMs = ''] = process.argv.slice(2);
for (const [of, figure] of Object.entries(await measureArm(name, Number(budgetMs)))) {
  process.stdout.write(`${of}\t${figure}\n`);
}
