import { App } from 'aws-cdk-lib';
import { ClickstreamStack } from '../src/clickstream-stack.ts';
import { SettingsError } from '../src/settings.ts';

try {
  new ClickstreamStack(new App(), 'Clickstream', {
    description: 'Clickstream events: stream, processing, tables, dead letters',
  });
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  // At once: the app would synthesize the half-made stack when the process ends by itself.
  process.exit(1);
}
