import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import cdkJson from '../cdk.json' with { type: 'json' };
import { ClickstreamStack } from '../src/clickstream-stack.ts';

// CDK leaves its own temporary directories behind.
const directory = mkdtempSync(join(tmpdir(), 'clickstream-infra-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** The app as `cdk synth` makes it, except that the functions are not bundled. */
export function createApp(context: Record<string, unknown> = {}): {
  readonly app: App;
  readonly stack: ClickstreamStack;
} {
  const app = new App({
    outdir: mkdtempSync(join(directory, 'cdk.out-')),
    context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [], ...context },
  });
  return { app, stack: new ClickstreamStack(app, 'Clickstream') };
}

/** A resource of the template, with its logical id. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** All of it. */
  readonly definition: Readonly<Record<string, unknown>>;
}

/** A part of a template. */
export class Synthesized {
  readonly resources: readonly Resource[];
  readonly outputs: unknown;

  constructor(context?: Record<string, unknown>) {
    const template: unknown = Template.fromStack(createApp(context).stack).toJSON();
    const { Resources, Outputs } = record(template);
    this.outputs = Outputs;
    this.resources = Object.entries(record(Resources)).map(([id, value]) => {
      const definition = record(value);
      const properties = record(definition['Properties']);
      return { id, type: String(definition['Type']), properties, definition };
    });
  }

  /** The resources of some types, in the order of their ids. */
  all(...types: string[]): readonly Resource[] {
    return this.resources
      .filter(({ type }) => types.includes(type))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The one resource of a type that has a text in its id. */
  the(type: string, part = ''): Resource {
    const [resource, ...others] = this.all(type).filter(({ id }) => id.includes(part));
    if (resource === undefined || others.length > 0) throw new Error(`Not one ${type} ${part}`);
    return resource;
  }
}

export const arnOf = ({ id }: Resource): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
export const refTo = ({ id }: Resource): object => ({ Ref: id });

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new TypeError('Not a part of a template');
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
