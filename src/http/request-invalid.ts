import type { z } from "zod";

export type InputPart = "body" | "query" | "path" | "header";

/** What a client sent does not fit; every fault found, not only the first. */
export class RequestInvalid extends Error {
  readonly issues: readonly z.core.$ZodIssue[];
  readonly part: InputPart;

  constructor(issues: readonly z.core.$ZodIssue[], part: InputPart) {
    super("invalid request");
    this.issues = issues;
    this.part = part;
  }
}

/** A problem that needs no more than its code; `headers` and the members of `extra` go out with it. */
export class RequestRefused extends Error {
  readonly code:
    | "request.malformed_json"
    | "request.unsupported_media_type"
    | "request.too_large"
    | "request.route_unknown"
    | "request.upgrade_required"
    | "request.method_not_allowed"
    | "auth.credential_missing"
    | "auth.credential_invalid"
    | "auth.scope_missing"
    | "auth.session_required"
    | "auth.mfa_enrolment_required"
    | "uploads.too_many_rows"
    | "exports.range_unsatisfiable"
    | "exports.file_changed"
    | "idempotency.in_flight"
    | "idempotency.mismatch"
    | "idempotency.unavailable"
    | "hooks.channel_unknown"
    | "hooks.signature_refused"
    | "monitoring.token_missing"
    | "monitoring.token_refused"
    | "operations.operator_only"
    | "dead_letters.not_open"
    | "dead_letters.unreadable";
  readonly headers: Record<string, string>;
  readonly extra: {
    limit_bytes?: number;
    limit_rows?: number;
    accepted_types?: string[];
    scope?: string;
    role?: string;
    scopes?: string[];
  };

  constructor(
    code: RequestRefused["code"],
    headers: Record<string, string> = {},
    extra: RequestRefused["extra"] = {},
  ) {
    super(code);
    this.code = code;
    this.headers = headers;
    this.extra = extra;
  }
}
