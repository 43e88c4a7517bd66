import { isDateTime, isUri } from '../../../events/src/checks.ts';

/**
 * The formats of the generated validators by their names in a schema: every rival that takes a
 * function gets the same.
 */
export const formats = { 'date-time': isDateTime, uri: isUri };
