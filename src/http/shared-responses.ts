import { Problem } from "./problem.ts";

function problem(description: string) {
  return { description, content: { "application/problem+json": { schema: Problem } } };
}

/** Sent with every answer of a route that counts its requests; documented where they matter most. */
const LIMIT_HEADERS = {
  RateLimit: {
    description: "`r`: requests left; `t`: seconds until there is one more",
    schema: { type: "string", example: '"enrichment";r=0;t=1742' },
  },
  "RateLimit-Policy": {
    description: "`q` requests in any `w` seconds; `_burst`: more for a minute, once they are spent",
    schema: { type: "string", example: '"enrichment";q=100;w=3600,"enrichment_burst";q=20;w=60' },
  },
  "Retry-After": { description: "Seconds", schema: { type: "integer", example: 1742 } },
} as const;

/** The problems that any authenticated route may answer. */
export const COMMON_PROBLEMS = {
  400: problem("Invalid request: `errors` names each field and its fix"),
  401: problem("No credential, or one that is not accepted"),
  403: problem("Not allowed: `code` says why; for a missing right `scope` names it"),
  429: { ...problem("A limit is reached: `policy` names it"), headers: LIMIT_HEADERS },
  500: problem("A fault of ours, reported"),
  503: problem("A dependency does not answer; `Retry-After` says when to come back"),
} as const;

/** Of routes that take no credential: what they are given proves who asks. */
export const OPEN_PROBLEMS = {
  400: problem("Invalid request: `errors` names each field and its fix"),
  401: problem("Refused: what was given proves nothing; `code` says what to do"),
  429: problem("Too many attempts; `Retry-After` says when to come back"),
  500: problem("A fault of ours, reported"),
  503: problem("A dependency does not answer; `Retry-After` says when to come back"),
} as const;

/** Of routes that monitoring reads. */
export const MONITORING_PROBLEMS = {
  400: problem("Invalid request: `errors` names each field and its fix"),
  401: problem("Not the METRICS_TOKEN as bearer token"),
  404: problem("No METRICS_TOKEN is configured: there is nothing to be read"),
  500: problem("A fault of ours, reported"),
} as const;

export const BODY_TOO_LARGE = { 413: problem("Body larger than the route accepts") } as const;

export const BODY_PROBLEMS = {
  ...BODY_TOO_LARGE,
  415: problem("Not `application/json` in UTF-8, or compressed"),
} as const;

/** Of routes that take a file; in place of what `IDEMPOTENCY_PROBLEMS` says of 422. */
export const UPLOAD_PROBLEMS = {
  413: problem("Larger, or more rows, than the route accepts"),
  415: problem("None of `accepted_types`, or compressed"),
  422: problem(
    "The file can't be read: `errors` names line, reason and fix; or the `Idempotency-Key` was used",
  ),
} as const;

export const BUDGET_REACHED = { 402: problem("The monthly budget does not cover a paid call") } as const;

/** Of pages whose statements have a time limit. */
export const TOO_BROAD = {
  422: problem("Too broad: the page takes too long to read; narrow it down with a filter"),
} as const;

export const NOT_FOUND = {
  404: problem("Unknown company; `code` says whether any source was asked"),
} as const;

export const RESOURCE_NOT_FOUND = {
  404: problem("Nothing of the kind that you have access to; also for what is no id"),
} as const;

export const UPGRADE_REQUIRED = { 426: problem("Not a WebSocket handshake") } as const;

export const CONFLICT = { 409: problem("Not possible in the present state; `code` says why") } as const;

export const HOOK_UNKNOWN = { 404: problem("No channel of this name is configured") } as const;

/** Of routes that take an `Idempotency-Key`; in place of `CONFLICT`, which it says too. */
export const IDEMPOTENCY_PROBLEMS = {
  409: {
    ...problem("Not possible in the present state, or a request with this `Idempotency-Key` is under way"),
    headers: {
      "Retry-After": {
        description: "Seconds, while a request with this key is under way",
        schema: { type: "integer", example: 2 },
      },
    },
  },
  422: problem("The `Idempotency-Key` was used for another request"),
} as const;

/** Of the route that orders exports; in place of what `IDEMPOTENCY_PROBLEMS` says of 422. */
export const EXPORT_PROBLEMS = {
  ...IDEMPOTENCY_PROBLEMS,
  422: problem("Too many companies for `sync=true`, or the `Idempotency-Key` was used for another request"),
} as const;

/** Of signed links to files. */
export const LINK_PROBLEMS = {
  403: problem("No link of ours, or one that was changed"),
  410: problem("The link has expired, or the file was removed"),
  412: problem("The file is not the one that `If-Match` names"),
  416: problem("The range begins behind the end of the file: `Content-Range` says how long it is"),
  429: problem("Too many requests from this network; `Retry-After` says when to come back"),
  500: problem("A fault of ours, reported"),
  503: problem("A dependency does not answer; `Retry-After` says when to come back"),
} as const;
