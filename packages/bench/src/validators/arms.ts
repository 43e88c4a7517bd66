import { ajvStandalone } from './arms/ajv-standalone.ts';
import { generated } from './arms/generated.ts';
import { typeboxCompiled } from './arms/typebox.ts';
import { valibotPipe } from './arms/valibot.ts';
import { zodObject } from './arms/zod.ts';
import type { Case } from './cases.ts';

export type Check = (value: unknown) => boolean;

/** Makes the check of a case ready, outside the measured time. */
export type Arm = (of: Case) => Promise<Check>;

/** The generated validators: what the others are measured against. */
export const OURS = 'generated';

/** The rival that the target names. */
export const TARGET_RIVAL = 'ajv standalone';

export const arms: Readonly<Record<string, Arm>> = {
  [OURS]: generated,
  [TARGET_RIVAL]: ajvStandalone,
  'typebox jit': typeboxCompiled,
  zod: zodObject,
  valibot: valibotPipe,
};
