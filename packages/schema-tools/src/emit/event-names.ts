import { camelCase, createScope, kebabCase, pascalCase } from './names.ts';

/** What an event is called in generated code. */
export interface EventNames {
  readonly file: string;
  readonly type: string;
  readonly input: string;
  /** The method of the producer and of the consumer's handlers. */
  readonly method: string;
  readonly contract: string;
  readonly is: string;
  readonly isInput: string;
  readonly schema: string;
  readonly inputSchema: string;
  readonly sample: string;
  /** All exported values. */
  readonly values: readonly string[];
}

/** @param major - given for a major that is not the newest: `PurchaseV1`, `purchase-v1.ts`. */
export function eventNames(name: string, major?: number): EventNames {
  const eventType = major === undefined ? name : `${name}_v${major}`;
  const type = pascalCase(eventType);
  const method = camelCase(eventType);
  // An event may be called `delete`: a fine method, but no name for a variable.
  const contract = createScope().claim(method);
  const names = {
    contract,
    is: `is${type}`,
    isInput: `is${type}Input`,
    schema: `${method}Schema`,
    inputSchema: `${method}InputSchema`,
    sample: `${method}Sample`,
  };
  return {
    file: `${kebabCase(eventType)}.ts`,
    type,
    input: `${type}Input`,
    method,
    ...names,
    values: Object.values(names),
  };
}
