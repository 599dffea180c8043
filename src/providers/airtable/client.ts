import { AIRTABLE_BASE_ID, isAirtableTable } from "../../domain/exports/airtable-target.ts";
import { TableBusy, TableRefused } from "../../domain/exports/errors.ts";
import type { Cell, TableTarget } from "../../domain/exports/ports.ts";
import { span } from "../../observability/span.ts";
import { readBodyText } from "../body-text.ts";
import { type HttpFetch, jsonOf } from "../http.ts";
import { retryAfterMs } from "../retry-after.ts";
import { columnOfField, MERGE_FIELD } from "./fields.ts";
import { readError, UpsertAnswer } from "./schema.ts";

const TIMEOUT_MS = 30_000;
/** Ten records with every field at its longest are far below. */
const ANSWER_BYTES = 2_000_000;
/** A fault of the service or of the way to it. */
const FAULT_PAUSE_MS = 10_000;
/** However long it asks for: an export is to end today. */
const LONGEST_PAUSE_MS = 10 * 60_000;
const MONTH_IS_SPENT = "PUBLIC_API_BILLING_LIMIT_EXCEEDED";

const REFUSALS: Partial<Record<number, string>> = {
  401: "airtable_unauthorised",
  403: "airtable_forbidden",
  404: "airtable_not_found",
};

export interface AirtableContext {
  /** Without a path: `https://api.airtable.com`. */
  baseUrl: string;
  userAgent: string;
  now: () => number;
  http: HttpFetch;
}

export type AirtableFields = Record<string, Cell>;

export type UpsertOutcome =
  | { kind: "written"; answer: UpsertAnswer }
  /** The base takes nothing for `AIRTABLE_LOCK_MS`, from anybody. */
  | { kind: "rate_limited" }
  /** Not one record was written; fewer at a time may do better. */
  | { kind: "unacceptable"; type: string };

/**
 * Makes or changes up to ten records, all or none, told apart by their SIREN. Throws `TableRefused` when no request to
 * this target will succeed, and `TableBusy` when it is not known to have been written and may be sent again.
 */
export async function upsert(
  context: AirtableContext,
  target: TableTarget,
  records: AirtableFields[],
): Promise<UpsertOutcome> {
  const reply = await send(context, target, {
    performUpsert: { fieldsToMergeOn: [MERGE_FIELD] },
    typecast: true,
    records: records.map((fields) => ({ fields })),
  });
  if (reply.status === 200) return { kind: "written", answer: written(reply.text, records.length) };
  const { type, message } = readError(reply.text ?? "");
  if (reply.status === 429) {
    if (reply.text?.includes(MONTH_IS_SPENT)) throw new TableRefused("airtable_quota_exceeded");
    return { kind: "rate_limited" };
  }
  if (reply.status >= 500 || reply.status === 408) throw new TableBusy(reply.pauseMs);
  const refusal = REFUSALS[reply.status];
  if (refusal !== undefined) throw new TableRefused(refusal);
  if (reply.status === 413) return { kind: "unacceptable", type: "REQUEST_TOO_LARGE" };
  if (reply.status !== 422) throw new TableRefused("airtable_unexpected_answer");
  if (type === "UNKNOWN_FIELD_NAME") throw new TableRefused(unknownField(message));
  return { kind: "unacceptable", type };
}

interface Reply {
  status: number;
  text: string | null;
  pauseMs: number;
}

async function send(context: AirtableContext, target: TableTarget, body: object): Promise<Reply> {
  const request = new Request(urlOf(context.baseUrl, target), {
    method: "PATCH",
    headers: {
      authorization: `Bearer ${target.token}`,
      "content-type": "application/json",
      accept: "application/json",
      "user-agent": context.userAgent,
    },
    body: JSON.stringify(body),
    // Fetch would carry the token along to another host.
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  try {
    const attributes = { "http.request.method": request.method };
    const response = await span("airtable", { kind: "client", attributes }, async () =>
      context.http(request),
    );
    const text = await readBodyText(response, ANSWER_BYTES);
    const asked = retryAfterMs(response.headers.get("retry-after"), context.now());
    return {
      status: response.status,
      text,
      pauseMs: Math.min(Math.max(asked ?? 0, FAULT_PAUSE_MS), LONGEST_PAUSE_MS),
    };
  } catch {
    // Why is of no use to anybody, and an error of fetch may name the address, which is the customer's.
    throw new TableBusy(FAULT_PAUSE_MS);
  }
}

function urlOf(baseUrl: string, { baseId, table }: TableTarget): string {
  if (!AIRTABLE_BASE_ID.test(baseId) || !isAirtableTable(table)) throw new TableRefused("airtable_not_found");
  return `${baseUrl.replace(/\/+$/, "")}/v0/${baseId}/${encodeURIComponent(table)}`;
}

/** An answer cut short says nothing of what was written: the same request again finds out. One of another shape never will. */
function written(text: string | null, count: number): UpsertAnswer {
  const json = jsonOf(text ?? "");
  if (json === undefined) throw new TableBusy(FAULT_PAUSE_MS);
  const parsed = UpsertAnswer.safeParse(json);
  if (parsed.success && parsed.data.records.length === count) return parsed.data;
  throw new TableRefused("airtable_unexpected_answer");
}

/** Names the column whose field the table lacks, when the field is one of ours. */
function unknownField(message: string): string {
  const field = /"(.*)"/s.exec(message)?.[1] ?? "";
  const column = columnOfField(field);
  return column === null ? "airtable_unknown_field" : `airtable_unknown_field:${column}`;
}
