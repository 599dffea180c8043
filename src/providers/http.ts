import type { z } from "zod";
import type { FailureReason } from "../domain/enrichment/failure-reason.ts";
import type { SourceFailure } from "../domain/enrichment/ports.ts";
import type { SourceName } from "../domain/enrichment/source.ts";
import { tracedHeaders } from "../observability/current-caller.ts";
import { annotateSpan, span } from "../observability/span.ts";
import { readBodyText } from "./body-text.ts";
import { retryAfterMs } from "./retry-after.ts";

/** The only way out to the network: tests and the local sandbox put their own here. */
export type HttpFetch = (request: Request) => Promise<Response>;

/** What every client needs. `key` is null for free sources and for a paid one that is not set up. */
export interface ProviderContext {
  source: SourceName;
  baseUrl: string;
  key: string | null;
  userAgent: string;
  now: () => number;
  http: HttpFetch;
}

export interface Call {
  url: string;
  signal: AbortSignal;
  headers?: Record<string, string>;
  /** A body to POST as JSON; a GET without it. */
  json?: unknown;
  /** `manual` wherever a header holds a key: fetch would carry it along to another host. */
  redirect?: "follow" | "manual";
}

export interface Reply {
  status: number;
  headers: Headers;
  /** null: larger than we accept. */
  text: string | null;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: SourceFailure };

/** `detail` goes to logs: name the fault, never quote a body, a URL or an error message. */
export function failure(reason: FailureReason, detail: string, retryAfter: number | null = null) {
  return { reason, detail, retryAfterMs: retryAfter } satisfies SourceFailure;
}

/** One attempt. Any answer is a reply, whatever its status; only silence and refusal to connect are failures. */
export async function exchange(context: ProviderContext, call: Call): Promise<Outcome<Reply>> {
  const attributes = { "ma.source": context.source, "http.request.method": methodOf(call) };
  try {
    const value = await span(`provider ${context.source}`, { kind: "client", attributes }, async () => {
      const request = new Request(call.url, requestInit(context, call));
      return untilAborted(call.signal, async () => {
        const response = await context.http(request);
        annotateSpan({ "http.response.status_code": response.status });
        return { status: response.status, headers: response.headers, text: await readBodyText(response) };
      });
    });
    return { ok: true, value };
  } catch (error) {
    return { ok: false, failure: connectionFailure(context.source, error, call.signal) };
  }
}

function methodOf({ json }: Call): "GET" | "POST" {
  return json === undefined ? "GET" : "POST";
}

function requestInit(context: ProviderContext, call: Call): RequestInit {
  const own = { accept: "application/json", "user-agent": context.userAgent };
  const headers = { ...own, ...tracedHeaders(), ...call.headers };
  const init = { headers, signal: call.signal, redirect: call.redirect ?? "follow" };
  if (call.json === undefined) return init;
  return {
    ...init,
    method: methodOf(call),
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(call.json),
  };
}

/** The signal wins even over a transport that does not listen to it. */
function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", stop, { once: true });
    void work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}

function connectionFailure(source: SourceName, error: unknown, signal: AbortSignal): SourceFailure {
  const name = error instanceof Error ? error.name : "unknown error";
  const isTimeout = signal.aborted || name === "TimeoutError" || name === "AbortError";
  if (isTimeout) return failure("timeout", `${source} did not answer in time`);
  return failure("unavailable", `${source} could not be reached (${name})`);
}

/** How a refusal reads when the source has no custom of its own. */
export function statusFailure(context: ProviderContext, reply: Reply): SourceFailure {
  const detail = `${context.source} answered ${reply.status}`;
  const wait = retryAfterMs(reply.headers.get("retry-after"), context.now());
  if (reply.status === 429) return failure("busy", detail, wait);
  if (reply.status >= 500) return failure("unavailable", detail, wait);
  return failure("rejected", detail);
}

/** Their JSON through our schema. */
export function parseReply<T>(source: SourceName, reply: Reply, schema: z.ZodType<T>): Outcome<T> {
  if (reply.text === null) return malformed(`${source} sent a body over the size limit`);
  const parsed = schema.safeParse(jsonOf(reply.text));
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return malformed(`${source} sent ${issue?.code ?? "an error"} at /${issue?.path.join("/") ?? ""}`);
}

function malformed(detail: string): Outcome<never> {
  return { ok: false, failure: failure("malformed", detail.slice(0, 200)) };
}

/** undefined when the text is not JSON, which no schema of ours accepts. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
