// oxlint-disable no-new -- in the CDK, a construct is created for its effect on the tree
import { App } from 'aws-cdk-lib';
import { ClickstreamStack } from '../src/clickstream-stack.ts';

const app = new App();
new ClickstreamStack(app, 'Clickstream', {
  description: 'Clickstream events: stream, processing, tables, dead letters',
});
