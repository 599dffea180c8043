import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { freePort } from "../../local/free-port.ts";
import { makeCompany } from "../../local/sandbox/world/make-company.ts";
import { withCheckDigit } from "../../local/sandbox/world/identifiers.ts";
import type { Run } from "../../local/run-command.ts";
import { holdDataFolder, type Stack, startStack } from "../../local/stack.ts";
import { reservedOutcomeOf } from "../../src/domain/companies/reserved-sirens.ts";
import { OUTCOMES, totalOf } from "../../src/domain/jobs/task.ts";

/** SCALE_ROWS makes the file smaller or larger; its shares stay. */
const ROWS = Number(process.env["SCALE_ROWS"] ?? 10_000);
const DUPLICATES = Math.round(ROWS * 0.08);
const WRONG = Math.round(ROWS * 0.03);
const MASKED = Math.round(ROWS * 0.02);
const FAILING = 12;
const QUERY = "?sources=recherche_entreprises";

const dataDir = mkdtempSync(path.join(tmpdir(), "ma-e2e-"));
const running: { stack: Stack | null } = { stack: null };

function stack(): Stack {
  if (running.stack === null) throw new Error("the stack is not up");
  return running.stack;
}

beforeAll(async () => {
  const port = await freePort();
  const lock = await holdDataFolder(path.join(dataDir, "lock"), port);
  const run: Run = { signal: new AbortController().signal, children: new Set() };
  running.stack = await startStack({ dataDir, lock, port, durable: false, run, say: () => undefined });
}, 120_000);

afterAll(async () => {
  await running.stack?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 30_000);

const Counts = z.record(z.enum(OUTCOMES), z.int());
const Status = z.object({ task_id: z.string(), status: z.string(), rows: z.int(), counts: Counts });
type Status = z.infer<typeof Status>;
const Accepted = z.object({ task_id: z.string(), progress_url: z.string() });
const Row = z.object({
  line: z.int(),
  siren: z.string().nullable(),
  outcome: z.enum(OUTCOMES),
  reason: z.string().nullable(),
  company: z.object({ diffusion: z.string() }).nullish(),
});

async function call(method: string, route: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${stack().devInfo.api_key}`);
  return fetch(`${stack().url}/api/v2${route}`, { ...init, method, headers });
}

async function fault(body: object): Promise<void> {
  const response = await fetch(`${stack().devInfo.sandbox_url}/__control/faults`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
}

/** Existing companies, so many of them only partially diffused; the same ones in every run. */
function drawSirens(): { open: string[]; masked: string[] } {
  const drawn = { open: new Array<string>(), masked: new Array<string>() };
  const wanted = { open: ROWS - DUPLICATES - WRONG - MASKED, masked: MASKED };
  for (
    let number = 40_000_000;
    drawn.open.length < wanted.open || drawn.masked.length < wanted.masked;
    number++
  ) {
    const siren = withCheckDigit(String(number));
    const company = reservedOutcomeOf(siren) === null ? makeCompany(siren) : null;
    if (company === null) continue;
    const kind = company.partialDiffusion ? "masked" : "open";
    if (drawn[kind].length < wanted[kind]) drawn[kind].push(siren);
  }
  return drawn;
}

function wrongDigit(siren: string): string {
  return siren.slice(0, 8) + String((Number(siren[8]) + 1) % 10);
}

/** Good, repeated and wrong rows mixed in a fixed order. */
function fileOf({ open, masked }: { open: string[]; masked: string[] }): string {
  const good = [...open, ...masked];
  const rows = [...good, ...good.slice(0, DUPLICATES), ...open.slice(-WRONG).map(wrongDigit)];
  const mixed = rows.map((_, index) => rows[(index * 7_919) % rows.length]);
  return `n° siren;commentaire\r\n${mixed.map((siren) => `${siren};"une remarque; sur\ndeux lignes"`).join("\r\n")}\r\n`;
}

interface Seen {
  id: string;
  status: Status;
}

/** Reads the stream of events until it has enough, then hangs up. */
async function watch(taskId: string, lastEventId: string, enough: (seen: Seen) => boolean): Promise<Seen[]> {
  const hangUp = new AbortController();
  const response = await call("GET", `/tasks/${taskId}/events`, {
    headers: lastEventId === "" ? {} : { "last-event-id": lastEventId },
    signal: hangUp.signal,
  });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const seen: Seen[] = [];
  const events = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { event, id, data } of events ?? []) {
    if (event !== "progress") continue;
    const one = { id: id ?? "", status: Status.parse(JSON.parse(data)) };
    seen.push(one);
    if (enough(one)) break;
  }
  hangUp.abort();
  return seen;
}

const isOver = ({ status }: Seen): boolean => status.status === "completed";

async function watchToTheEnd(taskId: string, from: Seen[]): Promise<Seen[]> {
  const seen = [...from];
  for (let last = seen.at(-1); last === undefined || !isOver(last); last = seen.at(-1)) {
    seen.push(...(await watch(taskId, last?.id ?? "", isOver)));
  }
  return seen;
}

async function rowsOf(taskId: string): Promise<z.infer<typeof Row>[]> {
  const response = await call("GET", `/tasks/${taskId}/result`, {
    headers: { accept: "application/x-ndjson" },
  });
  const text = await response.text();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => Row.parse(JSON.parse(line)));
}

test("a large file with repeats, wrong digits and masked companies add up; watching survives a disconnect; what failed is retried alone", async () => {
  const drawn = drawSirens();
  const failing = drawn.open.slice(100, 100 + FAILING);
  for (const siren of failing) await fault({ siren, status: 503 });
  const submitted = await call("POST", `/scraping/batch-async${QUERY}`, {
    headers: { "content-type": "text/csv" },
    body: fileOf(drawn),
  });
  expect(submitted.status).toBe(202);
  const { task_id: taskId } = Accepted.parse(await submitted.json());

  const before = await watch(taskId, "", ({ status }) => totalOf(status.counts) > ROWS / 5);
  const seen = await watchToTheEnd(taskId, before);
  const ids = seen.map(({ id }) => Number(id));
  expect(ids).toEqual([...new Set(ids)].sort((one, other) => one - other));
  const done = seen.map(({ status }) => totalOf(status.counts));
  expect(done).toEqual([...done].sort((one, other) => one - other));

  const end = Status.parse(await (await call("GET", `/tasks/${taskId}/status`)).json());
  expect(end).toMatchObject({ status: "completed", rows: ROWS });
  expect(end.counts).toEqual({
    enriched: ROWS - DUPLICATES - WRONG - FAILING,
    partial: 0,
    not_found: 0,
    invalid: WRONG,
    duplicate: DUPLICATES,
    upstream_error: FAILING,
    rate_limited: 0,
    cancelled: 0,
  });
  const rows = await rowsOf(taskId);
  expect(new Set(rows.map(({ line }) => line)).size).toBe(ROWS);
  expect(rows.filter(({ company }) => company?.diffusion === "partielle")).toHaveLength(MASKED);

  await fault({});
  const retried = await call("POST", `/tasks/${taskId}/retry`);
  expect(retried.status).toBe(202);
  const { task_id: childId } = Accepted.parse(await retried.json());
  await watchToTheEnd(childId, []);
  const child = await rowsOf(childId);
  expect(new Set(child.map(({ siren }) => siren))).toEqual(new Set(failing));
  expect(child).toHaveLength(FAILING);
  expect(new Set(child.map(({ outcome }) => outcome))).toEqual(new Set(["enriched"]));
}, 400_000);
