import { describe, expect, test } from 'vitest';
import { type Resource, synthesize } from './synthesize.ts';

interface AlarmProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Threshold: number;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly TreatMissingData: string;
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly unknown[];
}

function alarms(resources: Readonly<Record<string, Resource>>): Record<string, AlarmProperties> {
  return Object.fromEntries(
    Object.entries(resources)
      .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
      .map(([id, { Properties }]) => [
        id.replace(/^Alarms(.*)[0-9A-F]{8}$/, '$1'),
        Properties as unknown as AlarmProperties,
      ]),
  );
}

const { template, resources } = synthesize();
const all = alarms(resources);

test('each watches one metric of one thing', () => {
  const watched = Object.fromEntries(
    Object.entries(all).map(([name, { Namespace, MetricName, Dimensions, Threshold }]) => [
      name,
      [
        Namespace,
        MetricName,
        ...(Dimensions ?? []).map(({ Name, Value }) => `${Name}=${JSON.stringify(Value)}`),
        Threshold,
      ].join(' '),
    ]),
  );
  expect(watched).toMatchInlineSnapshot(`
    {
      "DeadLetterAge": "AWS/SQS ApproximateAgeOfOldestMessage QueueName={"Fn::GetAtt":["DeadLettersQueue631681B1","QueueName"]} 900",
      "DeadLetterDepth": "AWS/SQS ApproximateNumberOfMessagesVisible QueueName={"Fn::GetAtt":["DeadLettersQueue631681B1","QueueName"]} 1000",
      "DestinationDeliveryFailures": "AWS/Lambda DestinationDeliveryFailures FunctionName={"Ref":"StreamProcessorFunctionF8B15D21"} 1",
      "DlqHandlerDuration": "AWS/Lambda Duration FunctionName={"Ref":"DeadLettersDlqHandlerFunctionBAE753B3"} 48000",
      "DlqHandlerErrors": "AWS/Lambda Errors FunctionName={"Ref":"DeadLettersDlqHandlerFunctionBAE753B3"} 1",
      "DlqHandlerThrottles": "AWS/Lambda Throttles FunctionName={"Ref":"DeadLettersDlqHandlerFunctionBAE753B3"} 1",
      "Dropped": "AWS/Lambda DroppedEventCount EventSourceMappingUUID={"Ref":"StreamProcessorFunctionMapping3A39C201"} 1",
      "ExpiredRanges": "Clickstream ExpiredRanges 1",
      "IteratorAgeCritical": "AWS/Lambda IteratorAge FunctionName={"Ref":"StreamProcessorFunctionF8B15D21"} 21600000",
      "IteratorAgeWarning": "AWS/Lambda IteratorAge FunctionName={"Ref":"StreamProcessorFunctionF8B15D21"} 300000",
      "OnFailureDestinationDelivered": "AWS/Lambda OnFailureDestinationDeliveredEventCount EventSourceMappingUUID={"Ref":"StreamProcessorFunctionMapping3A39C201"} 1",
      "ParkedLetters": "AWS/SQS ApproximateNumberOfMessagesVisible QueueName={"Fn::GetAtt":["DeadLettersParkedEE0CB46B","QueueName"]} 1",
      "ReadThrottled": "AWS/Kinesis ReadProvisionedThroughputExceeded StreamName={"Ref":"EventStreamA212D9D0"} 1",
      "StreamProcessorDuration": "AWS/Lambda Duration FunctionName={"Ref":"StreamProcessorFunctionF8B15D21"} 24000",
      "StreamProcessorErrors": "AWS/Lambda Errors FunctionName={"Ref":"StreamProcessorFunctionF8B15D21"} 1",
      "StreamProcessorThrottles": "AWS/Lambda Throttles FunctionName={"Ref":"StreamProcessorFunctionF8B15D21"} 1",
      "WriteThrottled": "AWS/Kinesis WriteProvisionedThroughputExceeded StreamName={"Ref":"EventStreamA212D9D0"} 1",
    }
  `);
});

test.each(Object.entries(all))('%s says what to do and is silent without data', (_name, alarm) => {
  expect(alarm.AlarmDescription.length).toBeGreaterThan(40);
  expect(alarm.TreatMissingData).toBe('notBreaching');
});

describe('the critical age', () => {
  test.each([
    [24, 6],
    [72, 6],
    [8760, 6],
  ])('of a stream of %i h is %i h', (retentionHours, hours) => {
    const age = alarms(synthesize({ retentionHours }).resources)['IteratorAgeCritical'];
    expect(age?.Threshold).toBe(hours * 3_600_000);
  });
});

test('without an address nobody is told, and there is no topic', () => {
  template.resourceCountIs('AWS::SNS::Topic', 0);
  for (const { AlarmActions } of Object.values(all)) expect(AlarmActions).toBeUndefined();
});

test('with an address every alarm is sent to it', () => {
  const synthesized = synthesize({ alarmEmail: 'on-call@example.com' });
  synthesized.template.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'on-call@example.com',
  });
  for (const { AlarmActions } of Object.values(alarms(synthesized.resources))) {
    expect(AlarmActions).toHaveLength(1);
  }
});
