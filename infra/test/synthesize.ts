import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import { ClickstreamStack } from '../src/clickstream-stack.ts';

const cdkJson = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')) as {
  readonly context: Record<string, unknown>;
};

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

/** A resource of the template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Synthesized {
  readonly template: Template;
  readonly resources: Readonly<Record<string, Resource>>;
}

export function synthesize(context?: Record<string, unknown>): Synthesized {
  const template = Template.fromStack(createApp(context).stack);
  const { Resources } = template.toJSON() as { Resources: Record<string, Resource> };
  return { template, resources: Resources };
}
