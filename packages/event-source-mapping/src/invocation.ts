/** How one synchronous invocation ended. */
export type InvocationResult =
  /** The function returned; `payload` is its return value as JSON text. */
  | { readonly kind: 'ok'; readonly payload: string; readonly requestId?: string }
  /** It threw, timed out, or its process died. */
  | { readonly kind: 'function_error'; readonly payload: string; readonly requestId?: string }
  /** Not started: no concurrency left. */
  | { readonly kind: 'throttled' }
  /** Not started for another reason: no such function, no permission, no network. */
  | { readonly kind: 'invoke_error' };
