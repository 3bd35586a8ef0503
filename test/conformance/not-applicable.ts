/** What of the official suite does not apply to this server, and why. A check that passes after all is to be taken out. */
type NotApplicable = {
  /** Scenarios, whole, or `scenario:check`. */
  readonly checks: readonly string[]
  readonly reason: string
}

const FIXTURE = 'it calls a tool or reads a resource of the suite’s own example server'

export const NOT_APPLICABLE: readonly NotApplicable[] = [
  {
    checks: [
      'tools-call-simple-text',
      'tools-call-image',
      'tools-call-audio',
      'tools-call-embedded-resource',
      'tools-call-mixed-content',
      'tools-call-error',
      'tools-call-with-progress',
      'json-schema-2020-12',
      'http-custom-header-server-validation',
      'resources-read-text',
      'resources-read-binary',
      'resources-templates-read',
    ],
    reason: `${FIXTURE} (test_…, test://…); ours are search, fetch and documents, which the other tests call`,
  },
  {
    checks: [
      'server-stateless:sep-2575-server-rejects-undeclared-capability',
      'server-stateless:sep-2575-missing-capability-http-400',
      'server-stateless:sep-2575-http-server-no-independent-requests-on-stream',
      'server-stateless:sep-2575-server-no-log-without-loglevel',
    ],
    reason: `${FIXTURE}; no tool of ours asks the client for anything or logs to it`,
  },
  {
    checks: [
      'tools-call-sampling',
      'tools-call-elicitation',
      'elicitation-sep1034-defaults',
      'elicitation-sep1330-enums',
      'input-required-result-basic-elicitation',
      'input-required-result-basic-sampling',
      'input-required-result-basic-list-roots',
      'input-required-result-request-state',
      'input-required-result-multiple-input-requests',
      'input-required-result-multi-round',
      'input-required-result-non-tool-request',
      'input-required-result-result-type',
      'input-required-result-tampered-state',
      'input-required-result-capability-check',
    ],
    reason: 'sampling, elicitation and roots: no tool of ours asks the client for anything',
  },
  {
    checks: [
      'prompts-list',
      'prompts-get-simple',
      'prompts-get-with-args',
      'prompts-get-embedded-resource',
      'prompts-get-with-image',
      'caching:sep-2549-prompts-list-caching-hints',
    ],
    reason: 'there are no prompts, and the capability is not declared',
  },
  {
    checks: [
      'logging-set-level',
      'tools-call-with-logging',
      'completion-complete',
      'resources-subscribe',
      'resources-unsubscribe',
    ],
    reason: 'an optional capability that is not declared: logging, completions, subscriptions',
  },
  {
    checks: [
      'tasks-lifecycle',
      'tasks-capability-negotiation',
      'tasks-wire-fields',
      'tasks-request-state-removal',
      'tasks-mrtr-input',
      'tasks-request-headers',
      'tasks-dispatch-and-envelope',
      'tasks-required-task-error',
      'tasks-mrtr-composition',
    ],
    reason: 'the tasks extension is not declared: every call is answered at once',
  },
]
