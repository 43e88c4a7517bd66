import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalAwsError } from '../local-aws-error.ts';
import { isRecord, listAt, recordAt, stringAt } from './json.ts';

/** A stack as `cdk synth` left it. */
export interface SynthesizedStack {
  readonly name: string;
  readonly template: Readonly<Record<string, unknown>>;
  /** The region that the stack was synthesized for; undefined when it goes to any region. */
  readonly region: string | undefined;
  /** The directory of an asset by the S3 key that the template refers to it with. */
  readonly assetDirs: ReadonlyMap<string, string>;
}

/**
 * Reads a stack out of a cloud assembly, the directory that `cdk synth` writes (`cdk.out`).
 * Source: https://docs.aws.amazon.com/cdk/v2/guide/deploy.html
 *
 * @throws {@link LocalAwsError} `assembly_not_found` when the directory or a file of it is missing,
 *   `invalid_template` when the stack is not in it
 */
export async function readStack(assemblyDir: string, stackName: string): Promise<SynthesizedStack> {
  const manifest = await readJson(assemblyDir, 'manifest.json');
  const artifacts = recordAt(manifest, 'artifacts');
  const stacks = new Map<string, Readonly<Record<string, unknown>>>();
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (!isRecord(artifact) || artifact['type'] !== 'aws:cloudformation:stack') continue;
    stacks.set(stringAt(recordAt(artifact, 'properties'), 'stackName') ?? id, artifact);
  }
  const stack = stacks.get(stackName);
  if (!stack) {
    const names = [...stacks.keys()].join(', ') || 'no stack at all';
    throw new LocalAwsError(
      'invalid_template',
      `There is no stack ${stackName} in ${assemblyDir}, which has ${names}.`,
    );
  }

  const template = await readJson(assemblyDir, templateFile(stack, stackName));
  const assetDirs = new Map<string, string>();
  for (const dependency of listAt(stack, 'dependencies')) {
    const artifact = typeof dependency === 'string' ? recordAt(artifacts, dependency) : {};
    const file = stringAt(recordAt(artifact, 'properties'), 'file');
    if (artifact['type'] !== 'cdk:asset-manifest' || file === undefined) continue;
    const assets = await readJson(assemblyDir, file);
    for (const [key, dir] of fileAssets(assets)) assetDirs.set(key, join(assemblyDir, dir));
  }
  const region = /^aws:\/\/[^/]+\/(.+)$/.exec(stringAt(stack, 'environment') ?? '')?.[1];
  return {
    name: stackName,
    template,
    region: region === 'unknown-region' ? undefined : region,
    assetDirs,
  };
}

function templateFile(stack: Readonly<Record<string, unknown>>, stackName: string): string {
  return stringAt(recordAt(stack, 'properties'), 'templateFile') ?? `${stackName}.template.json`;
}

function* fileAssets(assets: Readonly<Record<string, unknown>>): Generator<[string, string]> {
  for (const file of Object.values(recordAt(assets, 'files'))) {
    if (!isRecord(file)) continue;
    const path = stringAt(recordAt(file, 'source'), 'path');
    for (const destination of Object.values(recordAt(file, 'destinations'))) {
      const key = isRecord(destination) ? stringAt(destination, 'objectKey') : undefined;
      if (path !== undefined && key !== undefined) yield [key, path];
    }
  }
}

async function readJson(dir: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await readFile(join(dir, file), 'utf8'));
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new LocalAwsError(
      'assembly_not_found',
      `${join(dir, file)} cannot be read; run "cdk synth" and give its output directory.`,
      { cause },
    );
  }
  throw new LocalAwsError('assembly_not_found', `${join(dir, file)} is not a JSON object.`);
}
