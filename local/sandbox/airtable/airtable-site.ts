import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SandboxState } from "../control/sandbox-state.ts";
import type { AirtableBases } from "./airtable-bases.ts";
import type { Base } from "./base.ts";
import { refusalOf, refuse } from "./refusal.ts";
import { type Table, WriteRequest } from "./table.ts";

const PAGE = 100;
const RECORDS = 10;

const Body = z
  .string()
  .transform((text, check): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      check.issues.push({ code: "custom", input: text, message: "not JSON" });
      return z.NEVER;
    }
  })
  .pipe(WriteRequest);

function tokenOf(context: Context): string {
  return /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
}

function sirensIn(text: string): string[] {
  return [...text.matchAll(/"SIREN":"(\d{9})"/g)].map(([, siren]) => siren ?? "");
}

function list(context: Context, { records }: Table): Response {
  const start = Number(context.req.query("offset")?.slice("itr".length) ?? 0);
  const size = Math.min(Number(context.req.query("pageSize") ?? PAGE), PAGE);
  if (!Number.isInteger(start) || !Number.isInteger(size) || size < 1) return refuse(refusalOf(422));
  const end = start + size;
  return context.json({
    records: records.slice(start, end),
    ...(end < records.length ? { offset: `itr${end}` } : {}),
  });
}

function write(context: Context, table: Table, text: string): Response {
  const parsed = Body.safeParse(text);
  if (!parsed.success) return refuse({ status: 422, type: "INVALID_REQUEST_MISSING_FIELDS" });
  const isCreation = context.req.method === "POST";
  const upserts = parsed.data.performUpsert !== undefined;
  // PATCH and PUT by record id are not simulated: nobody here needs them.
  if (parsed.data.records.length > RECORDS || isCreation === upserts) return refuse(refusalOf(422));
  const outcome = table.write(parsed.data, context.req.method === "PUT");
  return outcome.ok ? context.json(outcome.value) : refuse(outcome.refusal);
}

function tableOf(base: Base, context: Context): Table | null {
  return base.tables.get(context.req.param("table") ?? "") ?? null;
}

async function answer(context: Context, bases: AirtableBases, text: string): Promise<Response> {
  const writes = context.req.method !== "GET";
  const access = bases.access(context.req.param("base") ?? "", tokenOf(context), writes);
  if (!access.ok) return refuse(access.refusal);
  const limited = access.base.admit();
  if (limited !== null) return refuse(limited);
  const table = tableOf(access.base, context);
  if (table === null) return refuse({ status: 403, type: "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND" });
  return writes ? write(context, table, text) : list(context, table);
}

/** The records of tables, as https://api.airtable.com/v0 serves them. */
export function airtableSite(state: SandboxState): Hono {
  const routes = new Hono();
  routes.on(["GET", "POST", "PATCH", "PUT"], "/v0/:base/:table", async (context) => {
    const text = await context.req.text();
    const { latencyMs, status } = state.faults.judge("airtable", sirensIn(text));
    if (latencyMs > 0) await state.sleep(latencyMs);
    return status === null ? answer(context, state.airtable, text) : refuse(refusalOf(status));
  });
  return routes;
}
