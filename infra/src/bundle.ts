import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles a TypeScript entry into one ES module, `index.mjs`, with its source map.
 *
 * The AWS SDK is bundled too, so that the pinned version runs and not the one that a Lambda
 * runtime happens to bring. esbuild is called in this process: `NodejsFunction` would look for
 * `pnpm` on the PATH, which `npx cdk` does not have, and fall back to Docker.
 *
 * The asset's hash is that of the output, and the output holds no path outside the repository, so
 * the same sources give the same hash on every machine.
 *
 * @param entry - path of the entry, relative to the root of the repository
 */
export function bundle(entry: string): Code {
  return Code.fromAsset(join(repositoryRoot, entry, '..'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Required by the interface; never pulled, because the local bundling below always answers.
      image: DockerImage.fromRegistry('unused'),
      local: {
        tryBundle(outputDirectory) {
          for (const file of compile(entry)) {
            writeFileSync(join(outputDirectory, file.name), file.contents);
          }
          return true;
        },
      },
    },
  });
}

interface BundledFile {
  readonly name: string;
  readonly contents: Uint8Array;
}

function compile(entry: string): readonly BundledFile[] {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    absWorkingDir: repositoryRoot,
    // Not written there: it makes the paths in the source map relative to the repository.
    outfile: 'index.mjs',
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    conditions: ['@clickstream/source', 'module'],
    // Identifiers stay: they are the class and function names in logs and stack traces.
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outputFiles.map((file) => ({
    name: file.path.endsWith('.map') ? 'index.mjs.map' : 'index.mjs',
    contents: file.contents,
  }));
}
