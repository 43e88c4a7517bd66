import {
  context,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import type { TransientFailure } from './failures.ts';
import type { SettledBatch } from './observer.ts';

/** The span of one batch. */
export interface BatchSpan {
  /** Links to the span in which an event was tracked. Each is linked once. */
  link(traceparent: string | undefined): void;
  failed(failure: TransientFailure): void;
  /** Runs something with the span as the active one. */
  run<Value>(work: () => Value): Value;
  end(batch: SettledBatch): void;
}

/**
 * Starts the span of a batch, named and described after the semantic conventions of messaging.
 * Undefined if there is no tracing SDK, or one that does not sample this span.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export function startBatchSpan(
  position: Pick<SettledBatch, 'streamArn' | 'shardId'>,
  events: number,
): BatchSpan | undefined {
  const { streamArn, shardId } = position;
  const streamName = streamArn.slice(streamArn.indexOf('/') + 1);
  const span = trace.getTracer('@clickstream/consumer').startSpan(`process ${streamName}`, {
    kind: SpanKind.CONSUMER,
    attributes: {
      'messaging.system': 'aws_kinesis',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': streamName,
      'messaging.destination.partition.id': shardId,
      'messaging.batch.message_count': events,
    },
  });
  return span.isRecording() ? describe(span) : undefined;
}

function describe(span: Span): BatchSpan {
  const linked = new Set<string>();
  return {
    link(traceparent) {
      if (traceparent === undefined || linked.has(traceparent)) return;
      linked.add(traceparent);
      const link = linkTo(traceparent);
      if (link) span.addLink(link);
    },
    failed({ error, stage }) {
      const message = error instanceof Error ? error.message : String(error);
      span.recordException(error instanceof Error ? error : { message });
      span.setStatus({ code: SpanStatusCode.ERROR, message: `${stage} failed` });
      span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
    },
    run: (work) => context.with(trace.setSpan(context.active(), span), work),
    end({ stoppedBy, redelivered }) {
      if (stoppedBy !== undefined) {
        span.setAttribute('clickstream.consumer.stopped_by', stoppedBy);
        span.setAttribute('clickstream.consumer.redelivered', redelivered);
      }
      span.end();
    },
  };
}

/** The event's schema has checked it already; a newer version of the format may say more. */
function linkTo(traceparent: string): Link | undefined {
  const [, traceId, spanId, flags] = traceparent.split('-');
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const isSampled = (Number.parseInt(flags, 16) & TraceFlags.SAMPLED) !== 0;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { context: { traceId, spanId, traceFlags, isRemote: true } };
}
