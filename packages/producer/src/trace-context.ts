import { isSpanContextValid, trace } from '@opentelemetry/api';

/**
 * The active span as W3C Trace Context writes it, sampled or not. Undefined if there is none, as
 * always without a tracing SDK.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function activeTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, '0');
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}
