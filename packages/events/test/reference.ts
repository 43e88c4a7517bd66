import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../src/index.ts';

/** The same schema under a validator that shares no code with ours. */
export function reference(schema: JsonSchema): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false });
  ajv.addFormat('uri', (text) => URL.canParse(text));
  ajv.addFormat('date-time', (text) => {
    const day = text.slice(0, 10);
    const date = new Date(`${day}T00:00:00.000Z`);
    return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
  });
  // That of ajv divides, and 0.0003 / 0.0001 is no whole number.
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    validate: (step: number, value: number) => decimalsOf(value) <= decimalsOf(step),
  });
  const validate = ajv.compile(schema);
  return (value) => validate(value);
}

/** Decimals of the shortest form, counted in the text of the number. */
function decimalsOf(value: number): number {
  const [, fraction = '', exponent = '0'] =
    /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}
