export type {
  EventContract,
  EventSchemas,
  JsonSchema,
  OlderContract,
  ValidationIssue,
} from './contract.ts';
export { formatIssues } from './explain.ts';
export * from './gen/index.ts';
export {
  type ParsedEvent,
  type ParseFailure,
  type ParseFailureReason,
  type ParseResult,
  parseEvent,
} from './parse-event.ts';
