import type { Answer, HttpRequest } from '../link.ts';

/** A JSON object whose fields nobody has looked at yet. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name of the operation, as the AWS JSON protocols send it. */
export function operationOf(request: HttpRequest): string {
  const target = request.headers['x-amz-target'] ?? '';
  return target.slice(target.indexOf('.') + 1);
}

export function inputOf(request: HttpRequest): Json {
  const input: unknown = JSON.parse(bodyOf(request));
  if (!isObject(input)) throw new Error('The simulated services take JSON objects only.');
  return input;
}

/** The body as text; the SDK's JSON and short XML bodies are strings or bytes, never streams. */
export function bodyOf(request: HttpRequest): string {
  const body: unknown = request.body;
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) {
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  }
  throw new Error('The simulated services take no streams.');
}

export function textOf(input: Json, name: string): string {
  const value = input[name];
  if (typeof value !== 'string') throw new Error(`${name} must be a string.`);
  return value;
}

export function objectOf(input: Json, name: string): Json {
  const value = input[name];
  if (!isObject(value)) throw new Error(`${name} must be an object.`);
  return value;
}

export function listOf(input: Json, name: string): readonly Json[] {
  const value = input[name];
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw new Error(`${name} must be a list of objects.`);
  }
  return value;
}

export function ok(body: object): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(body),
  };
}

/** An error as the AWS JSON protocols say it. */
export function failure(status: number, type: string, details: object = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ __type: type, message: `Simulated ${type}.`, ...details }),
  };
}
