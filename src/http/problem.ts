import { z } from "@hono/zod-openapi";
import { ConfigurationError } from "../config/config.ts";
import { MissingSource } from "../domain/companies/company.ts";
import { AccountRefused, KeysUnreadable, ResourceNotFound } from "../domain/accounts/errors.ts";
import { AuditUnavailable } from "../domain/audit/errors.ts";
import {
  CompanyNotFound,
  EnrichmentUnavailable,
  RegisterSourceNeeded,
  StorageUnavailable,
} from "../domain/enrichment/errors.ts";
import { SirenNotReserved } from "../domain/enrichment/synthetic/errors.ts";
import { LimiterUnavailable, LimitReached } from "../domain/limits/errors.ts";
import { TaskRefused } from "../domain/jobs/errors.ts";
import { TooManyRows, UploadTooLarge, UploadUnreadable } from "../domain/jobs/intake/errors.ts";
import { MAX_TASK_ROWS, MAX_UPLOAD_BYTES } from "../domain/jobs/task.ts";
import { DiscoveryRefused } from "../domain/search/errors.ts";
import { BudgetReached } from "../domain/usage/errors.ts";
import { WebhookRefused } from "../domain/webhooks/errors.ts";
import { splitUnknownKeys } from "./closed-object.ts";
import { issueText } from "./issue-texts.ts";
import { type Language, type ProblemCode, PROBLEMS } from "./problem-catalog.ts";
import { RequestInvalid, RequestRefused } from "./request-invalid.ts";

export const ProblemError = z
  .object({
    in: z.enum(["body", "query", "path", "header"]),
    pointer: z.string().openapi({ description: "JSON pointer inside that part", example: "/siren" }),
    message: z.string(),
    fix: z.string(),
    line: z.int().optional().openapi({ description: "Of a file that was sent, from 1", example: 12 }),
  })
  .openapi("ProblemError");

/** RFC 9457. */
export const Problem = z
  .object({
    type: z.string().openapi({ example: "https://api.example/problems#request.invalid" }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    request_id: z.string(),
    retryable: z.boolean(),
    errors: z.array(ProblemError).optional(),
    policy: z.string().optional().openapi({ description: "the limit that was reached" }),
    scope: z.string().optional().openapi({ description: "the right that the route asks for" }),
    role: z.string().optional().openapi({ description: "of the person who asked" }),
    scopes: z.array(z.string()).optional().openapi({ description: "of the key that asked" }),
    missing: z.array(MissingSource).optional().openapi({ description: "sources that did not answer" }),
    limit_bytes: z.number().int().optional().openapi({ description: "what the route accepts at most" }),
    limit_rows: z.number().int().optional().openapi({ description: "rows that a batch takes at most" }),
    accepted_types: z.array(z.string()).optional().openapi({ description: "what the body may be" }),
  })
  .openapi("Problem");

export type Problem = z.infer<typeof Problem>;

/** Where a problem happened; nothing in it depends on a middleware having run. */
export interface ProblemPlace {
  url: URL;
  requestId: string;
  language: Language;
}

interface Finding {
  code: ProblemCode;
  headers?: Record<string, string>;
  extra?: Partial<Problem>;
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function invalid(error: RequestInvalid, language: Language): Finding {
  const errors = splitUnknownKeys(error.issues).map((issue) => ({
    in: error.part,
    pointer: pointerOf(issue.path),
    ...issueText(issue, language),
  }));
  return { code: "request.invalid", extra: { errors } };
}

/** The file, or the list, as a whole; each fault with its line where it has one. */
function unreadable({ faults }: UploadUnreadable, language: Language): Finding {
  const errors = faults.map(({ reason, line }) => {
    const params = { fault: `uploads.${reason}` };
    const { message, fix } = issueText({ code: "custom", path: [], message: reason, params }, language);
    if (line === null) return { in: "body" as const, pointer: "", message, fix };
    const place = { fr: `Ligne ${line} : `, en: `Line ${line}: ` }[language];
    return { in: "body" as const, pointer: "", message: place + message, fix, line };
  });
  return { code: "uploads.unreadable", extra: { errors } };
}

/** null: nothing that reading a batch throws. */
function uploadFinding(error: unknown, language: Language): Finding | null {
  if (error instanceof UploadUnreadable) return unreadable(error, language);
  if (error instanceof TooManyRows) {
    return { code: "uploads.too_many_rows", extra: { limit_rows: MAX_TASK_ROWS } };
  }
  if (error instanceof UploadTooLarge) {
    return { code: "request.too_large", extra: { limit_bytes: MAX_UPLOAD_BYTES } };
  }
  return null;
}

function limitReached({ code, policy, retryAfterSeconds: wait }: LimitReached, language: Language): Finding {
  const detail = {
    fr: `La limite « ${policy} » est atteinte ; réessayez dans ${wait} ${wait === 1 ? "seconde" : "secondes"}.`,
    en: `The limit \`${policy}\` is reached; try again in ${wait} ${wait === 1 ? "second" : "seconds"}.`,
  }[language];
  return { code, headers: { "retry-after": String(wait) }, extra: { policy, detail } };
}

type Refusal = AccountRefused | DiscoveryRefused | ResourceNotFound | TaskRefused | WebhookRefused;

function isRefusal(error: unknown): error is Refusal {
  return (
    error instanceof AccountRefused ||
    error instanceof ResourceNotFound ||
    error instanceof DiscoveryRefused ||
    error instanceof TaskRefused ||
    error instanceof WebhookRefused
  );
}

type ComeBackLater = StorageUnavailable | LimiterUnavailable | AuditUnavailable | BudgetReached;

function isComeBackLater(error: unknown): error is ComeBackLater {
  return (
    error instanceof StorageUnavailable ||
    error instanceof LimiterUnavailable ||
    error instanceof AuditUnavailable ||
    error instanceof BudgetReached
  );
}

/** The only map from an error to what a client sees; an unknown error tells nothing of itself. */
function findingOf(error: unknown, language: Language): Finding {
  if (error instanceof RequestInvalid) return invalid(error, language);
  if (error instanceof RequestRefused) {
    return { code: error.code, headers: error.headers, extra: error.extra };
  }
  if (error instanceof CompanyNotFound) return { code: error.asked ? "enrichment.not_found" : error.code };
  if (error instanceof SirenNotReserved || error instanceof RegisterSourceNeeded) return { code: error.code };
  if (error instanceof EnrichmentUnavailable) {
    const missing = error.faults.map(({ source, reason, retryAfterMs }) => ({
      source,
      reason,
      retry_after_seconds: retryAfterMs === null ? null : Math.ceil(retryAfterMs / 1_000),
    }));
    const headers = { "retry-after": String(error.retryAfterSeconds) };
    return { code: error.code, headers, extra: { missing } };
  }
  const upload = uploadFinding(error, language);
  if (upload !== null) return upload;
  if (isRefusal(error)) return { code: error.code };
  if (error instanceof LimitReached) return limitReached(error, language);
  if (isComeBackLater(error)) {
    return { code: error.code, headers: { "retry-after": String(error.retryAfterSeconds) } };
  }
  if (error instanceof ConfigurationError || error instanceof KeysUnreadable) {
    const code = error instanceof KeysUnreadable ? error.code : "service.misconfigured";
    return { code, headers: { "retry-after": "60" } };
  }
  return { code: "internal.unexpected" };
}

/** The answer to an error: `application/problem+json`, in the client's language. */
export function problemResponse(error: unknown, place: ProblemPlace): Response {
  const { code, headers, extra } = findingOf(error, place.language);
  const kind = PROBLEMS[code];
  const problem: Problem = {
    type: `${place.url.origin}/problems#${code}`,
    ...kind[place.language],
    status: kind.status,
    instance: place.url.pathname,
    code,
    request_id: place.requestId,
    retryable: kind.retryable,
    ...extra,
  };
  return new Response(JSON.stringify(problem), {
    status: kind.status,
    headers: {
      "content-type": "application/problem+json; charset=utf-8",
      "content-language": place.language,
      "cache-control": "no-store",
      ...headers,
    },
  });
}
