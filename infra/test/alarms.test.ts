import { expect, test } from 'vitest';
import { Synthesized } from './synthesize.ts';

type Alarms = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The properties of the alarms, by their names in the code. */
function alarms(synthesized: Synthesized): Alarms {
  return Object.fromEntries(
    synthesized
      .all('AWS::CloudWatch::Alarm')
      .map(({ id, properties }) => [id.replace(/^Alarms(.*)[0-9A-F]{8}$/, '$1'), properties]),
  );
}

const synthesized = new Synthesized();
const all = alarms(synthesized);

test('each watches one metric of one thing', () => {
  const watched = Object.entries(all).map(([name, alarm]) => {
    const { Namespace, MetricName, Dimensions, Statistic, Threshold } = alarm;
    return [name, JSON.stringify([Namespace, MetricName, Dimensions, Statistic, Threshold])];
  });
  expect(Object.fromEntries(watched)).toMatchInlineSnapshot(`
    {
      "DeadLetterAge": "["AWS/SQS","ApproximateAgeOfOldestMessage",[{"Name":"QueueName","Value":{"Fn::GetAtt":["DeadLettersQueue631681B1","QueueName"]}}],"Maximum",900]",
      "DeadLetterDepth": "["AWS/SQS","ApproximateNumberOfMessagesVisible",[{"Name":"QueueName","Value":{"Fn::GetAtt":["DeadLettersQueue631681B1","QueueName"]}}],"Maximum",1000]",
      "DestinationDeliveryFailures": "["AWS/Lambda","DestinationDeliveryFailures",[{"Name":"FunctionName","Value":{"Ref":"StreamProcessorFunctionF8B15D21"}}],"Sum",1]",
      "DlqHandlerDuration": "["AWS/Lambda","Duration",[{"Name":"FunctionName","Value":{"Ref":"DeadLettersDlqHandlerFunctionBAE753B3"}}],"Maximum",48000]",
      "DlqHandlerErrors": "["AWS/Lambda","Errors",[{"Name":"FunctionName","Value":{"Ref":"DeadLettersDlqHandlerFunctionBAE753B3"}}],"Sum",1]",
      "DlqHandlerThrottles": "["AWS/Lambda","Throttles",[{"Name":"FunctionName","Value":{"Ref":"DeadLettersDlqHandlerFunctionBAE753B3"}}],"Sum",1]",
      "Dropped": "["AWS/Lambda","DroppedEventCount",[{"Name":"EventSourceMappingUUID","Value":{"Ref":"StreamProcessorFunctionMapping3A39C201"}}],"Sum",1]",
      "ExpiredRanges": "["Clickstream","ExpiredRanges",[{"Name":"service","Value":"dlq-handler"}],"Sum",1]",
      "IteratorAgeCritical": "["AWS/Lambda","IteratorAge",[{"Name":"FunctionName","Value":{"Ref":"StreamProcessorFunctionF8B15D21"}}],"Maximum",21600000]",
      "IteratorAgeWarning": "["AWS/Lambda","IteratorAge",[{"Name":"FunctionName","Value":{"Ref":"StreamProcessorFunctionF8B15D21"}}],"Maximum",300000]",
      "OnFailureDestinationDelivered": "["AWS/Lambda","OnFailureDestinationDeliveredEventCount",[{"Name":"EventSourceMappingUUID","Value":{"Ref":"StreamProcessorFunctionMapping3A39C201"}}],"Sum",1]",
      "ParkedLetters": "["AWS/SQS","ApproximateNumberOfMessagesVisible",[{"Name":"QueueName","Value":{"Fn::GetAtt":["DeadLettersParkedEE0CB46B","QueueName"]}}],"Maximum",1]",
      "ReadThrottled": "["AWS/Kinesis","ReadProvisionedThroughputExceeded",[{"Name":"StreamName","Value":{"Ref":"EventStreamA212D9D0"}}],"Sum",1]",
      "StreamProcessorDuration": "["AWS/Lambda","Duration",[{"Name":"FunctionName","Value":{"Ref":"StreamProcessorFunctionF8B15D21"}}],"Maximum",24000]",
      "StreamProcessorErrors": "["AWS/Lambda","Errors",[{"Name":"FunctionName","Value":{"Ref":"StreamProcessorFunctionF8B15D21"}}],"Sum",1]",
      "StreamProcessorThrottles": "["AWS/Lambda","Throttles",[{"Name":"FunctionName","Value":{"Ref":"StreamProcessorFunctionF8B15D21"}}],"Sum",1]",
      "WriteThrottled": "["AWS/Kinesis","WriteProvisionedThroughputExceeded",[{"Name":"StreamName","Value":{"Ref":"EventStreamA212D9D0"}}],"Sum",1]",
    }
  `);
});

test.each(Object.entries(all))('%s says what to do and is silent without data', (_name, alarm) => {
  expect(String(alarm['AlarmDescription']).length).toBeGreaterThan(40);
  expect(alarm['TreatMissingData']).toBe('notBreaching');
});

test('without an address nobody is told, and there is no topic', () => {
  expect(synthesized.all('AWS::SNS::Topic')).toEqual([]);
  for (const alarm of Object.values(all)) expect(alarm).not.toHaveProperty('AlarmActions');
});

test('with an address every alarm is sent to it', () => {
  const notified = new Synthesized({ alarmEmail: 'on-call@example.com' });
  const topic = { Ref: notified.the('AWS::SNS::Topic').id };
  expect(notified.the('AWS::SNS::Subscription').properties).toEqual({
    Protocol: 'email',
    Endpoint: 'on-call@example.com',
    TopicArn: topic,
  });
  for (const alarm of Object.values(alarms(notified)))
    expect(alarm['AlarmActions']).toEqual([topic]);
});
