/** One message as ReceiveMessage returns it, all attributes asked for. */
export interface SqsMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, SqsMessageAttribute>>;
  readonly md5OfMessageAttributes?: string;
}

/** A message attribute as the function sees it. */
export interface SqsMessageAttribute {
  readonly stringValue?: string;
  /** Base64. */
  readonly binaryValue?: string;
  readonly stringListValues: readonly string[];
  readonly binaryListValues: readonly string[];
  readonly dataType: string;
}

/** One message as the function sees it. */
export interface SqsEventRecord extends SqsMessage {
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

/** The payload of an invocation. */
export interface SqsEvent {
  readonly Records: readonly SqsEventRecord[];
}

/**
 * The event that an SQS mapping invokes the function with.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function sqsEvent(
  messages: readonly SqsMessage[],
  context: { readonly queueArn: string; readonly region: string },
): SqsEvent {
  return {
    Records: messages.map((message) => ({
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: message.attributes,
      messageAttributes: message.messageAttributes,
      ...(message.md5OfMessageAttributes !== undefined && {
        md5OfMessageAttributes: message.md5OfMessageAttributes,
      }),
      md5OfBody: message.md5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: context.queueArn,
      awsRegion: context.region,
    })),
  };
}
