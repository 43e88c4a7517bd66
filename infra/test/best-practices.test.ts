import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { createApp } from './synthesize.ts';

// What is knowingly not followed is acknowledged, with the reason, where the resource is created.
test.each([{}, { alarmEmail: 'on-call@example.com' }])(
  'the rules of AWS Solutions are followed with context %j',
  (context) => {
    const { app } = createApp(context);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  },
);
