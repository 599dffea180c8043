import { type EventSourceMessage } from "eventsource-parser";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { z } from "zod";
import { Company } from "../../src/domain/companies/company.ts";
import { OUTCOMES, TASK_STATUSES } from "../../src/domain/jobs/task.ts";
import { LocalError } from "../local-error.ts";
import { type ApiAccess, ask } from "./api.ts";

export const DEMO_SOURCES = ["recherche_entreprises", "insee", "bodacc", "ratios_inpi", "pappers"] as const;
const PAGE = 200;

/** What `?dry_run=true` tells of a file, nothing done and nothing charged. */
export const Estimate = z.object({
  rows: z.int(),
  distinct: z.int(),
  duplicates: z.int(),
  invalid: z.array(z.object({ line: z.int(), value: z.string(), reason: z.string() })),
  cache_hits: z.int(),
  cost: z.object({ credits: z.number(), euros: z.number() }),
  eta_seconds: z.number(),
});
export type Estimate = z.infer<typeof Estimate>;

const Accepted = z.object({ task_id: z.string(), progress_url: z.string() });

export const Status = z.object({
  task_id: z.string(),
  status: z.enum(TASK_STATUSES),
  rows: z.int(),
  counts: z.record(z.enum(OUTCOMES), z.int()),
});
export type Status = z.infer<typeof Status>;

/** One row of the file, as it ended. */
export const ResultRow = z.object({
  line: z.int(),
  input: z.string(),
  siren: z.string().nullable(),
  outcome: z.enum(OUTCOMES),
  reason: z.string().nullable(),
  company: Company.nullish(),
});
export type ResultRow = z.infer<typeof ResultRow>;

const ResultPage = z.object({ data: z.array(ResultRow), next_cursor: z.string().nullable() });

function upload(csv: string): RequestInit {
  return { method: "POST", headers: { "content-type": "text/csv" }, body: csv };
}

const ROUTE = `/api/v2/scraping/batch-async?sources=${DEMO_SOURCES.join(",")}`;

export async function estimateFile(access: ApiAccess, csv: string): Promise<Estimate> {
  return Estimate.parse(await (await ask(access, `${ROUTE}&dry_run=true`, upload(csv))).json());
}

/** Sends the file; the id of its task. */
export async function submitFile(access: ApiAccess, csv: string): Promise<string> {
  return Accepted.parse(await (await ask(access, ROUTE, upload(csv))).json()).task_id;
}

function progressOf({ event, data }: EventSourceMessage): Status | null {
  return event === "progress" ? Status.parse(JSON.parse(data)) : null;
}

/** Every state of a task as the server tells it, until it has ended; a stream that is cut is taken up where it was. */
export async function* followTask(access: ApiAccess, taskId: string): AsyncGenerator<Status> {
  let lastEventId = "";
  for (;;) {
    const headers = lastEventId === "" ? {} : { "last-event-id": lastEventId };
    const { body } = await ask(access, `/api/v2/tasks/${taskId}/events`, { headers });
    if (body === null) throw new LocalError("the stream of events is empty");
    const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const message of events) {
      lastEventId = message.id ?? lastEventId;
      const status = progressOf(message);
      if (status !== null) yield status;
      if (message.event === "end") return;
    }
  }
}

export async function listResults(access: ApiAccess, taskId: string): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === null ? {} : { cursor }) });
    const page = ResultPage.parse(
      await (await ask(access, `/api/v2/tasks/${taskId}/result?${query.toString()}`)).json(),
    );
    rows.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}

const Usage = z.object({ credits: z.number() });

/** Credits that the organisation spent this month. */
export async function creditsThisMonth(access: ApiAccess): Promise<number> {
  return Usage.parse(await (await ask(access, "/api/v2/usage")).json()).credits;
}
