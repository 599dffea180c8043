import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { acceptBatch, type AcceptDeps } from "../../../src/domain/jobs/intake/accept-task.ts";
import { fileIntake } from "../../../src/domain/jobs/intake/intake.ts";
import { StorageUnavailable } from "../../../src/domain/enrichment/errors.ts";
import { digestUpload } from "../../../src/http/routes/scraping/digest-upload.ts";
import { UploadStore } from "../../../src/storage/r2/upload-store.ts";
import { mintSiren } from "../../support/mint-siren.ts";
import { mintWorld, type World } from "../../support/world.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const PATH = "/api/v2/scraping/batch-async";

interface Accepted {
  task_id: string;
  status: string;
  estimated_duration: number;
  progress_url: string;
}

interface Problem {
  code: string;
  errors?: { message: string; fix: string; line?: number; pointer: string }[];
  limit_rows?: number;
  limit_bytes?: number;
  accepted_types?: string[];
}

function form(file: string | Uint8Array<ArrayBuffer>, name = "file"): FormData {
  const data = new FormData();
  data.set(name, new File([file], "sociétés.csv", { type: "application/vnd.ms-excel" }));
  return data;
}

async function post(
  world: World,
  body: BodyInit,
  init: { type?: string; query?: string; key?: string } = {},
) {
  const headers = new Headers({ "accept-language": "fr" });
  if (!(body instanceof FormData)) headers.set("content-type", init.type ?? "text/csv");
  if (init.key !== undefined) headers.set("idempotency-key", init.key);
  return world.request(`${PATH}${init.query ?? ""}`, { method: "POST", headers, body });
}

async function tasksOf({ database, organisationId }: World) {
  return database.query("select * from tasks where organisation_id = $1 order by id", [organisationId]);
}

async function uploadsOf({ organisationId }: World): Promise<string[]> {
  const { objects } = await env.UPLOADS.list({ prefix: `uploads/v1/${organisationId}/` });
  return objects.map(({ key }) => key);
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const DANONE = "552032534";

describe("a batch is accepted", () => {
  test("as a file, as a form and as a list: a task with its rows counted, and a word in the audit", async () => {
    const world = await mintWorld();
    const [one, two] = [world.siren("one"), world.siren("two")];
    const csv = `Nom;N° SIREN\nA;${one}\nB;${two}\nC;${one}\nD;552032535\n`;
    const bodies: BodyInit[] = [csv, form(csv)];
    for (const body of bodies) {
      const response = await post(world, body);
      expect(response.status).toBe(202);
      const accepted = await response.json<Accepted>();
      expect(accepted).toMatchObject({ status: "queued", estimated_duration: 3 });
      expect(response.headers.get("location")).toBe(`/api/v2/tasks/${accepted.task_id}/status`);
      expect(accepted.progress_url).toBe(response.headers.get("location"));
    }
    const sirens = JSON.stringify({ sirens: [one, two, `${two}00000`.slice(0, 9), "no"] });
    expect((await post(world, sirens, { type: "application/json" })).status).toBe(202);
    const tasks = await tasksOf(world);
    expect(tasks).toHaveLength(3);
    for (const task of tasks) {
      expect(task).toMatchObject({ type: "batch", mode: "live", rows: 4, distinct_rows: 2, parent_id: null });
    }
    const audits = await world.database.query(
      `select record->>'action' as action from audit_outbox where organisation_id = $1
       union all select entry->>'action' from (select to_jsonb(a) as entry from audit_logs a where organisation_id = $1) e`,
      [world.organisationId],
    );
    expect(audits.filter((row) => row["action"] === "task.created")).toHaveLength(3);
  });

  test("whatever a spreadsheet on Windows writes: Windows-1252, semicolons, CR LF", async () => {
    const world = await mintWorld();
    const text = `Société;Numéro SIREN\r\nÉté;${DANONE}\r\n`;
    const bytes = Uint8Array.from(text, (one) => one.charCodeAt(0));
    expect((await post(world, bytes)).status).toBe(202);
  });

  test("of one company, without waiting for it", async () => {
    const world = await mintWorld();
    const response = await world.request("/api/v2/scraping/enrich-async", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ siret: `${world.siren()}00019`, max_age: 60 }),
    });
    expect(response.status).toBe(202);
    const { task_id } = await response.json<Accepted>();
    const [task] = await tasksOf(world);
    expect(task).toMatchObject({ id: task_id, type: "enrich", rows: 1, distinct_rows: 1, upload_key: null });
    const rows = await world.database.query("select row_no, siren from task_rows where task_id = $1", [
      task_id,
    ]);
    expect(rows).toEqual([{ row_no: 1, siren: world.siren() }]);
  });

  test("once for one Idempotency-Key, whatever the boundaries of the form", async () => {
    const world = await mintWorld();
    const csv = `siren\n${world.siren()}\n`;
    const first = await post(world, form(csv), { key: "a-batch" });
    const again = await post(world, form(csv), { key: "a-batch" });
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(await again.text()).toBe(await first.text());
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    const other = await post(world, form(`${csv}${DANONE}\n`), { key: "a-batch" });
    expect(other.status).toBe(422);
    expect(await tasksOf(world)).toHaveLength(1);
  });
});

describe("a dry run", () => {
  test("says what a batch would do and cost, and does nothing", async () => {
    const world = await mintWorld();
    const [known, unknown] = [world.siren("known"), world.siren("unknown")];
    expect((await world.enrich({ siren: known })).status).toBe(200);
    const csv = `siren;nom\n${known};a\n${unknown};b\n${known};c\n552032535;d\n;e\n05520135;f\n`;
    const query = "?dry_run=true&sources=recherche_entreprises,bodacc,pappers";
    const response = await post(world, csv, { query });
    expect(response.status).toBe(200);
    const preview = await response.json();
    expect(preview).toEqual({
      rows: 6,
      distinct: 3,
      duplicates: 1,
      invalid: [
        { line: 5, value: "552032535", reason: "check_digit" },
        { line: 6, value: "", reason: "empty" },
      ],
      invalid_count: 2,
      mended: [{ line: 7, value: "05520135", siren: "005520135", reason: "leading_zero_restored" }],
      warnings: 1,
      detected: { encoding: "utf-8", separator: ";", header: true, column: "siren", column_position: 1 },
      cache_hits: 0,
      cost: { credits: 3, euros: expect.any(Number) },
      budget: { left_euros: null, covers: true },
      eta_seconds: expect.any(Number),
    });
    const free = await post(world, csv, { query: "?dry_run=true&sources=recherche_entreprises,bodacc" });
    expect(await free.json()).toMatchObject({ cache_hits: 1, cost: { credits: 0, euros: 0 }, budget: null });
    const anew = await post(world, csv, {
      query: "?dry_run=true&max_age=0&sources=recherche_entreprises,bodacc",
    });
    expect(await anew.json()).toMatchObject({ cache_hits: 0 });
    expect(await uploadsOf(world)).toEqual([]);
    expect(await tasksOf(world)).toEqual([]);
  });

  test("takes 100,000 rows of 24 MB as they come, made while they are read", async () => {
    const world = await mintWorld();
    const made = { rows: 0 };
    const wide = "x".repeat(195);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const lines = Array.from({ length: 500 }, (_, index) => {
          const siren = mintSiren(`wide ${made.rows + index}`);
          return `"Société ""${made.rows + index}""";${siren};${wide}\r\n`;
        });
        controller.enqueue(bytesOf((made.rows === 0 ? "nom;siren;adresse\r\n" : "") + lines.join("")));
        made.rows += 500;
        if (made.rows === 100_000) controller.close();
      },
    });
    const response = await post(world, body, { query: "?dry_run=true" });
    expect(response.status).toBe(200);
    const preview = await response.json<{ rows: number; distinct: number; duplicates: number }>();
    expect(preview.rows).toBe(100_000);
    expect(preview.distinct + preview.duplicates).toBe(100_000);
  });
});

describe("what can't be worked on is refused, with nothing left behind", () => {
  const utf16 = Uint8Array.from([
    0xff,
    0xfe,
    ...Array.from(`siren\n${DANONE}\n`, (one) => [one.charCodeAt(0), 0]).flat(),
  ]);
  const files: [string, string | Uint8Array<ArrayBuffer>, number | undefined, string][] = [
    ["an empty file", "", undefined, "vide"],
    ["a header only", "siren;nom\n", undefined, "pas une seule ligne"],
    ["NUL bytes", `siren\n${DANONE}\n\u0000\n`, 3, "Ligne 3"],
    ["an unclosed quote", `siren\n"${DANONE}\n${DANONE}\n`, 2, "Ligne 2"],
    ["UTF-16", utf16, undefined, "UTF-16"],
    ["a zip", Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0]), undefined, "archive"],
    ["a picture", Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]), 3, "Ligne 3"],
    ["no column of SIRENs", "nom;ville\na;b\n", 1, "Ligne 1"],
    ["not one good row", "siren\n552032535\nx\n", 2, "Ligne 2"],
  ];

  test.each(files)("%s: 422, naming the line", async (_, file, line, words) => {
    const world = await mintWorld();
    for (const body of [file, form(file)]) {
      const response = await post(world, body);
      expect(response.status).toBe(422);
      const problem = await response.json<Problem>();
      expect(problem.code).toBe("uploads.unreadable");
      expect(problem.errors?.[0]?.line).toBe(line);
      expect(problem.errors?.[0]?.message).toContain(words);
      expect(problem.errors?.[0]?.fix).not.toBe("");
    }
    expect(await uploadsOf(world)).toEqual([]);
    expect(await tasksOf(world)).toEqual([]);
  });

  test("2 GB, declared: 413 before a byte is read", async () => {
    const world = await mintWorld();
    const read = { bytes: 0 };
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          read.bytes += 9;
          controller.enqueue(bytesOf("552032534"));
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { "content-type": "text/csv", "content-length": "2000000000" };
    const response = await world.request(PATH, { method: "POST", headers, body });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "request.too_large", limit_bytes: 25_000_000 });
    expect(read.bytes).toBe(0);
  });

  test("more than 25 MB, streamed, and a row too many: 413, with nothing in R2", async () => {
    const world = await mintWorld();
    const line = bytesOf(`${DANONE};${"x".repeat(990)}\n`.repeat(64));
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(line.slice()),
    });
    const large = await post(world, endless);
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ code: "request.too_large", limit_bytes: 25_000_000 });
    const many = await post(world, `siren\n${`${DANONE}\n`.repeat(100_001)}`);
    expect(many.status).toBe(413);
    expect(await many.json()).toMatchObject({ code: "uploads.too_many_rows", limit_rows: 100_000 });
    const sirens = Array.from({ length: 100_001 }, () => DANONE);
    const list = await post(world, JSON.stringify({ sirens }), { type: "application/json" });
    expect(list.status).toBe(413);
    expect(await uploadsOf(world)).toEqual([]);
    expect(await tasksOf(world)).toEqual([]);
  });

  test("halfway through its body: the rest is read before the answer, which would else cost the connection", async () => {
    const world = await mintWorld();
    const field = bytesOf(`--b\r\ncontent-disposition: form-data; name="upload"; filename="a.csv"\r\n\r\n`);
    const cases: [string, Uint8Array, number][] = [
      ["multipart/form-data; boundary=b", field, 400],
      ["text/csv", bytesOf("nom;ville\n"), 422],
    ];
    for (const [type, start, status] of cases) {
      const left = { pieces: 30 };
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          left.pieces -= 1;
          if (left.pieces < 0) controller.close();
          else controller.enqueue(left.pieces === 29 ? start : bytesOf("a;b\n".repeat(16_384)));
        },
      });
      expect((await post(world, body, { type })).status).toBe(status);
      expect(left.pieces).toBe(-1);
    }
    expect(await uploadsOf(world)).toEqual([]);
  });

  test("a body that breaks off: nothing in R2, no task", async () => {
    const world = await mintWorld();
    const state = { sent: 0 };
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        state.sent += 1;
        if (state.sent > 100) controller.error(new Error("gone"));
        else controller.enqueue(bytesOf(`${DANONE}\n`.repeat(500)));
      },
    });
    expect((await post(world, body)).status).toBe(400);
    expect(await uploadsOf(world)).toEqual([]);
    expect(await tasksOf(world)).toEqual([]);
  });

  test("another type: 415, naming those that are taken", async () => {
    const world = await mintWorld();
    for (const type of ["application/octet-stream", "application/zip", "application/json-patch+json", ""]) {
      const response = await post(world, bytesOf(`siren\n${DANONE}\n`), { type });
      expect(response.status).toBe(415);
      const problem = await response.json<Problem>();
      expect(problem.accepted_types).toEqual(expect.arrayContaining(["text/csv", "multipart/form-data"]));
    }
    const gzip = { "content-type": "text/csv", "content-encoding": "gzip" };
    const response = await world.request(PATH, { method: "POST", headers: gzip, body: bytesOf("x") });
    expect(response.status).toBe(415);
  });

  test("a form that is not one file: 400, naming the field", async () => {
    const world = await mintWorld();
    const csv = `siren\n${DANONE}\n`;
    const twice = form(csv);
    twice.append("file", new File([csv], "b.csv"));
    const extra = form(csv);
    extra.set("sources", "bodacc");
    const cases: [BodyInit, string, string][] = [
      [form(csv, "upload"), "/upload", "file"],
      [twice, "/file", "plusieurs"],
      [extra, "/sources", "adresse"],
      [new FormData(), "/file", "file"],
    ];
    for (const [body, pointer, words] of cases) {
      const response = await post(world, body);
      expect(response.status).toBe(400);
      const { errors } = await response.json<Problem>();
      expect(errors?.[0]?.pointer).toBe(pointer);
      expect(`${errors?.[0]?.message} ${errors?.[0]?.fix}`).toContain(words);
    }
    const cut = `--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${csv}`;
    for (const type of ["multipart/form-data; boundary=b", "multipart/form-data"]) {
      expect((await post(world, cut, { type })).status).toBe(400);
    }
    expect(await tasksOf(world)).toEqual([]);
  });

  test("wrong parameters and wrong lists: 400, naming each", async () => {
    const world = await mintWorld();
    const csv = `siren\n${DANONE}\n`;
    const queries = [
      "?sources=kaspr",
      "?sources=bodac",
      "?sources=",
      "?max_age=",
      "?max_age=-1",
      "?dry_run=yes",
      "?column=",
      "?size=1",
    ];
    for (const query of queries) {
      const response = await post(world, csv, { query });
      expect([query, response.status]).toEqual([query, 400]);
      const { errors } = await response.json<Problem>();
      expect(errors?.[0]?.pointer).toContain(/\w+/.exec(query)?.[0]);
    }
    const lists = [
      '{"sirens":[]}',
      '{"sirens":[552032534]}',
      '{"siren":["552032534"]}',
      "[]",
      "{",
      "",
      "[".repeat(99),
    ];
    for (const body of lists) {
      const response = await post(world, bytesOf(body), { type: "application/json" });
      expect([body, response.status]).toEqual([body, 400]);
    }
    const numbers = await post(world, JSON.stringify({ sirens: Array.from({ length: 5_000 }, () => 1) }), {
      type: "application/json",
    });
    expect((await numbers.json<Problem>()).errors).toHaveLength(10);
    expect(await tasksOf(world)).toEqual([]);
  });
});

async function refuse(): Promise<never> {
  throw new Error("away");
}

async function create(): Promise<never> {
  throw new StorageUnavailable(new Error("timeout"));
}

async function digestOf(body: BodyInit): Promise<string> {
  const headers = body instanceof FormData ? {} : { "content-type": "text/csv" };
  return digestUpload(new Request("https://api.test/", { method: "POST", headers, body }));
}

describe("what the rows are stored as", () => {
  /** How much was asked of the file, and how much of it when the first part left for R2. */
  interface Seen {
    bytes: number;
    atFirstPart: number | null;
  }

  async function* pieces(text: string, seen: Seen): AsyncGenerator<Uint8Array> {
    const bytes = bytesOf(text);
    const multipart = vi.spyOn(env.UPLOADS, "createMultipartUpload");
    for (let at = 0; at < bytes.length; at += 65_536) {
      const piece = bytes.slice(at, at + 65_536);
      if (multipart.mock.calls.length > 0) seen.atFirstPart ??= seen.bytes;
      seen.bytes += piece.length;
      yield piece;
    }
  }

  async function acceptedIn(world: World, text: string, overrides: Partial<AcceptDeps> = {}) {
    const log: string[] = [];
    const created: { rows: number; uploadKey: string | null; uploadBytes: number | null }[] = [];
    const deps: AcceptDeps = {
      uploads: new UploadStore(env.UPLOADS),
      tasks: { create: async (task) => void created.push(task) },
      queues: { send: async () => undefined },
      progress: { announce: async () => undefined },
      log: { event: (name) => void log.push(name) },
      ...overrides,
    };
    const { organisationId } = world;
    const actor = { kind: "key" as const, id: "key_1" };
    const principal = {
      organisationId,
      actor,
      plan: "admin",
      mode: "live",
      scopes: new Set<string>(),
      since: 0,
      session: null,
    } as const;
    const origin = { address: null, userAgent: null, requestId: null };
    const act = { origin, now: 0, newId: (prefix: string) => `${prefix}_${crypto.randomUUID()}` };
    const seen: Seen = { bytes: 0, atFirstPart: null };
    const intake = fileIntake(pieces(text, seen), null);
    const order = { id: "tsk_1", sources: ["bodacc" as const], maxAgeMs: null, estimatedSeconds: 1 };
    await acceptBatch(deps, { principal, act }, { intake, orderOf: async () => order });
    return { log, created, seen };
  }

  test("one JSON line each, the identifier's column only, in the order of the file", async () => {
    const world = await mintWorld();
    const { created } = await acceptedIn(world, `nom;siren\nDupont Marie;${DANONE}\nX;bad\nY;${DANONE}\n`);
    const object = await env.UPLOADS.get(created[0]?.uploadKey ?? "");
    const text = (await object?.text()) ?? "";
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      { rowNo: 1, line: 2, input: DANONE, siren: DANONE, outcome: null, reason: null },
      { rowNo: 2, line: 3, input: "bad", siren: null, outcome: "invalid", reason: "not_a_siren" },
      { rowNo: 3, line: 4, input: DANONE, siren: DANONE, outcome: "duplicate", reason: "first_at_line:2" },
    ]);
    expect(created[0]?.uploadBytes).toBe(bytesOf(text).length);
  });

  test("100,000 rows leave for R2 while the file is still arriving, and all get there", async () => {
    const world = await mintWorld();
    const lines = Array.from(
      { length: 100_000 },
      (_, index) => `${mintSiren(`r2 ${index}`)};${"y".repeat(90)}`,
    );
    const text = `siren;nom\n${lines.join("\n")}`;
    const { created, seen } = await acceptedIn(world, text);
    expect(seen.bytes).toBe(bytesOf(text).length);
    expect(seen.atFirstPart).toBeLessThan(seen.bytes * 0.6);
    const stored = await new Response((await env.UPLOADS.get(created[0]?.uploadKey ?? ""))?.body).text();
    expect(stored.split("\n")).toHaveLength(100_001);
    expect(stored.length).toBe(created[0]?.uploadBytes);
    expect(stored.length).toBeGreaterThan(5 * 1_024 * 1_024);
  });

  test("a queue and a board that refuse are told to the log: the task exists", async () => {
    const world = await mintWorld();
    const { log, created } = await acceptedIn(world, `siren\n${DANONE}\n`, {
      queues: { send: refuse },
      progress: { announce: refuse },
    });
    expect(created).toHaveLength(1);
    expect(log).toEqual(["task_not_announced", "task_not_sent"]);
  });

  test("rows of a task that may exist stay for the reaper; those of a file that broke off do not", async () => {
    const world = await mintWorld();
    const failing = acceptedIn(world, `siren\n${DANONE}\n`, { tasks: { create } });
    await expect(failing).rejects.toBeInstanceOf(StorageUnavailable);
    expect(await uploadsOf(world)).toHaveLength(1);
    const other = await mintWorld();
    const many = Array.from({ length: 90_000 }, (_, index) => mintSiren(`x ${index}`)).join("\n");
    await expect(acceptedIn(other, `siren\n${many}\n"`)).rejects.toThrow("unclosed_quote");
    expect(await uploadsOf(other)).toEqual([]);
  });
});

test("the digest of an upload is that of the file, in a form or alone", async () => {
  const csv = `siren\n${DANONE}\n`;
  const digests = [await digestOf(csv), await digestOf(form(csv)), await digestOf(form(csv))];
  expect(new Set(digests).size).toBe(1);
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(await digestOf(`${csv} `)).not.toBe(digests[0]);
});
