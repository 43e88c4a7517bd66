import { contracts } from '@clickstream/events';
import type { Arm } from '../arms.ts';

/** The generated validators as they are. */
export const generated: Arm = async ({ type, side }) =>
  side === 'reader' ? contracts[type].is : contracts[type].isInput;
