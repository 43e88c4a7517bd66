import { inspect } from 'node:util';
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
  /** Links to the span in which an event was tracked, if that was sampled. Each is linked once. */
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
      // Anything can be thrown, and not everything has a string.
      span.recordException(error instanceof Error ? error : { message: inspect(error) });
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

/**
 * Undefined for a span that was not sampled: nobody has recorded it, and it would take the place of
 * one that can be found, for an SDK keeps 128 links of a span by default, the last ones. The event's
 * schema has checked the text already; a newer version of the format may say more.
 *
 * @see https://www.w3.org/TR/trace-context/#sampled-flag
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#span-limits
 */
function linkTo(traceparent: string): Link | undefined {
  const [, traceId, spanId, flags] = traceparent.split('-');
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if ((Number.parseInt(flags, 16) & TraceFlags.SAMPLED) === 0) return undefined;
  return { context: { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true } };
}
