import { runInNewContext } from 'node:vm';
import { transformSync } from 'esbuild';
import { SchemaError } from '../errors.ts';

/** More than any upcast of one event takes. */
const TIMEOUT_MS = 1000;

/**
 * The source of an upcast as it is printed: in one format, whatever has stripped its types before,
 * and tried once.
 *
 * @param text - what `Function.prototype.toString` gives.
 * @param sample - a valid event of the older major.
 * @param source - names the event and its version in errors.
 * @throws {@link SchemaError} `invalid_definition` when it needs something from outside, throws, or
 *   returns no object.
 */
export function upcastSource(text: string, sample: unknown, source: string): string {
  const expression = formatted(text, source);
  const run = `JSON.stringify((${expression})(${JSON.stringify(sample)}))`;
  let result: unknown;
  try {
    result = runInNewContext(run, {}, { timeout: TIMEOUT_MS });
  } catch (cause) {
    throw refusal(
      source,
      `fails on its sample (${messageOf(cause)}); use nothing but the argument and the language itself`,
      cause,
    );
  }
  if (typeof result === 'string' && result.startsWith('{') && result !== '{}') return expression;
  throw refusal(source, 'does not return the fields of the next major on its sample; return them');
}

/**
 * Through a minifier and a printer: what strips types leaves other quotes, comments, white space and
 * empty statements each time (Node.js none, Vite a `;` after every block).
 */
function formatted(text: string, source: string): string {
  const candidates = [text, `function ${text}`]; // the second for a method, `upcast(old) { … }`
  for (const candidate of candidates) {
    try {
      const bare = print(`export default (${candidate});`, true);
      return print(bare, false).slice(PREFIX.length, -SUFFIX.length);
    } catch {
      // Not an expression in this form.
    }
  }
  throw refusal(source, 'is no function that can be copied; write it as an arrow function');
}

const PREFIX = 'export default (';
const SUFFIX = ');\n';

function print(code: string, minify: boolean): string {
  const options = { charset: 'utf8', legalComments: 'none', target: 'esnext' } as const;
  return transformSync(code, { ...options, minifySyntax: minify, minifyWhitespace: minify }).code;
}

/** What was thrown in another realm is no `Error` of this one. */
function messageOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown
    ? String(thrown.message)
    : String(thrown);
}

function refusal(source: string, why: string, cause?: unknown): SchemaError {
  return new SchemaError('invalid_definition', `The upcast of ${source} ${why}.`, { cause });
}
