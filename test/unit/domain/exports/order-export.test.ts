import fc from "fast-check";
import { expect, test } from "vitest";
import { ResourceNotFound } from "../../../../src/domain/accounts/errors.ts";
import type { AuditRecord } from "../../../../src/domain/audit/audit-record.ts";
import { buildFile } from "../../../../src/domain/exports/build-file.ts";
import { cancelExport } from "../../../../src/domain/exports/cancel-export.ts";
import { createExport } from "../../../../src/domain/exports/create-export.ts";
import { downloadLink, type LinkClaim, openLink } from "../../../../src/domain/exports/download-link.ts";
import type { ExportRequester, Measured, NewExport } from "../../../../src/domain/exports/export-access.ts";
import { EXPORT_FORMATS, type Export, SYNC_ROWS } from "../../../../src/domain/exports/export.ts";
import { fileFacts } from "../../../../src/domain/exports/file-facts.ts";
import { csvWriter } from "../../../../src/domain/exports/formats/csv-writer.ts";
import type { ExportRow } from "../../../../src/domain/exports/ports.ts";
import { DiscoveryRefused } from "../../../../src/domain/search/errors.ts";

const NOW = Date.UTC(2026, 10, 21, 9, 30);

const requester: ExportRequester = {
  principal: { organisationId: "org_1", mode: "live", actor: { kind: "key", id: "key_1" } },
  act: {
    origin: { address: "192.0.2.1", userAgent: null, requestId: "req_1" },
    now: NOW,
    newId: (prefix) => `${prefix}_new`,
  },
};

const wanted = {
  id: "exp_1",
  format: "csv",
  selection: { kind: "filter", filter: { q: "jean petit", score_min: 60 } },
  columns: ["siren", "contact_email"],
  options: { delimiter: ",", bom: false },
  token: null,
  fresh: false,
} as const;

type Wanted = Parameters<typeof createExport>[2];

function exportOf(made: NewExport): Export {
  const { secret: _, fingerprint: __, unlessSince: ___, ...rest } = made;
  return {
    ...rest,
    status: "queued",
    rows: 0,
    bytes: 0,
    digest: null,
    objectKey: null,
    counts: null,
    failure: null,
    startedAt: null,
    finishedAt: null,
    expiresAt: null,
    cancelRequestedAt: null,
  };
}

/** What an order leads to; `stands`: what is found in place of a new one. */
async function ordered(
  changes: object = {},
  world: { measured?: Measured | null; stands?: Export | null; sends?: boolean } = {},
) {
  const { measured = { rows: 12, version: "" }, sends = true } = world;
  const made: NewExport[] = [];
  const records: AuditRecord[] = [];
  const trailed: AuditRecord[] = [];
  const sent: unknown[] = [];
  const logged: unknown[] = [];
  const deps = {
    store: {
      measure: async () => measured,
      create: async (one: NewExport, record: AuditRecord) => {
        made.push(one);
        records.push(record);
        return world.stands === undefined ? exportOf(one) : world.stands;
      },
    },
    trail: { record: async (record: AuditRecord) => void trailed.push(record) },
    secrets: { seal: async (token: string, id: string) => `sealed:${id}:${token.length}` },
    queue: {
      send: async (messages: unknown[]) => {
        if (!sends) throw new Error("queue");
        sent.push(...messages);
      },
    },
    log: { event: (name: string, fields: object) => logged.push({ name, ...fields }) },
  };
  const order: Wanted = { ...wanted, columns: [...wanted.columns], ...changes };
  const result = await createExport(deps, requester, order);
  return { ...result, created: made[0], record: records[0], trailed, sent, logged };
}

test("an order is stored with who gave it, and its first step is sent", async () => {
  const { made, reused, created, record, sent } = await ordered();
  expect([made.id, reused]).toEqual(["exp_1", false]);
  expect(created).toMatchObject({
    organisationId: "org_1",
    mode: "live",
    actor: { kind: "key", id: "key_1" },
    requestId: "req_1",
    createdAt: "2026-11-21T09:30:00.000Z",
    unlessSince: "2026-11-21T09:00:00.000Z",
    estimatedRows: 12,
    secret: null,
  });
  expect(sent).toEqual([{ type: "export.step", export_id: "exp_1", seq: 0 }]);
  // What was searched for may name a person.
  expect(record?.details).toEqual({
    format: "csv",
    selection: "filter",
    filters: "q,score_min",
    columns: 2,
    personal: true,
    estimated_rows: 12,
  });
});

test("an export that stands for the new one sends nothing, and is recorded; a lost message fails nothing", async () => {
  const { made } = await ordered();
  const again = await ordered({}, { stands: { ...made, id: "exp_0" } });
  expect([again.made.id, again.reused, again.sent]).toEqual(["exp_0", true, []]);
  expect(again.trailed).toMatchObject([
    { action: "export.reused", actor: { id: "key_1" }, resource: { kind: "export", id: "exp_0" } },
  ]);
  const lost = await ordered({}, { sends: false });
  expect([lost.made.id, lost.logged]).toEqual([
    "exp_1",
    [{ name: "export_not_sent", export_id: "exp_1", error: "Error" }],
  ]);
});

test("what is not the caller's is not found, and too many open ones are refused", async () => {
  await expect(ordered({}, { measured: null })).rejects.toThrow(ResourceNotFound);
  await expect(ordered({}, { stands: null })).rejects.toThrow(new DiscoveryRefused("exports.too_many"));
});

async function printOf(changes: object = {}, measured?: Measured) {
  return (await ordered({ id: "exp_9", ...changes }, measured === undefined ? {} : { measured })).created;
}

test("two orders share a fingerprint when, and only when, they make the same file", async () => {
  const [one, other] = [await printOf(), await printOf({ id: "exp_8" })];
  expect(one?.fingerprint).toBe(other?.fingerprint);
  const reordered = await printOf({
    selection: { kind: "filter", filter: { score_min: 60, q: "jean petit" } },
  });
  expect(reordered?.fingerprint).toBe(one?.fingerprint);
  for (const changes of [
    { format: "ndjson" },
    { columns: ["siren"] },
    { columns: ["contact_email", "siren"] },
    { options: { delimiter: ";", bom: false } },
    { selection: { kind: "filter", filter: { score_min: 60 } } },
    { selection: { kind: "list", list_id: "lst_1" } },
  ])
    expect((await printOf(changes))?.fingerprint).not.toBe(one?.fingerprint);
  expect((await printOf({}, { rows: 12, version: "13" }))?.fingerprint).not.toBe(one?.fingerprint);
});

test("what may change without a sign, fills a table, or shall be fresh, is made whatever there is", async () => {
  const airtable = {
    format: "airtable",
    token: "pat.secret",
    options: { airtable: { base_id: "app", table: "t" } },
  };
  const unsteady = await ordered({}, { measured: { rows: 1, version: null } });
  for (const { created } of [unsteady, await ordered(airtable), await ordered({ fresh: true })])
    expect(created?.unlessSince).toBeNull();
  const { created, record } = await ordered(airtable);
  expect([created?.fingerprint, created?.secret]).toEqual(["once:exp_1", "sealed:exp_1:10"]);
  expect(JSON.stringify([created, record])).not.toContain("pat.secret");
  // The next one that need not be fresh finds it.
  const [fresh, usual] = [await ordered({ fresh: true }), await ordered()];
  expect(fresh.created?.fingerprint).toBe(usual.created?.fingerprint);
});

test("what was written of a cancelled export is removed, or left to the reaper", async () => {
  const { made } = await ordered();
  for (const works of [true, false]) {
    const [discarded, logged]: [string[], unknown[]] = [[], []];
    const deps = {
      store: { cancel: async () => true, find: async () => ({ ...made, status: "cancelled" as const }) },
      discard: async (id: string) => {
        discarded.push(id);
        if (!works) throw new Error("R2");
      },
      log: { event: (name: string) => logged.push(name) },
    };
    expect((await cancelExport(deps, requester, "exp_1")).status).toBe("cancelled");
    expect([discarded, logged]).toEqual([
      ["exp_1"],
      ["export_cancelled", ...(works ? [] : ["export_not_discarded"])],
    ]);
  }
});

const textOf = ({ organisationId, exportId, expires, issuedTo }: LinkClaim): string =>
  `${organisationId}.${exportId}.${expires}.${issuedTo}`;
const links = {
  sign: async (claim: LinkClaim) => textOf(claim),
  isSigned: async (claim: LinkClaim, signature: string) => textOf(claim) === signature,
};

test("a link opens its export until its time or the file's, whichever is sooner, and never after", async () => {
  const { made } = await ordered();
  const complete = (expiresAt: number): Export => ({
    ...made,
    status: "completed",
    objectKey: "k",
    digest: "d",
    expiresAt: new Date(expiresAt).toISOString(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 0, max: 200 }),
      async (life, later) => {
        const found = complete(NOW + life * 60_000);
        const link = await downloadLink({ links, issuedTo: "key_1" }, found, NOW);
        const { search } = new URL(link ?? "", "https://api.test");
        const deps = { links, store: { findAny: async () => found } };
        const opened = openLink(deps, { exportId: "exp_1", search }, NOW + later * 60_000);
        const code = await opened.then(
          () => null,
          (error: unknown) => (error instanceof DiscoveryRefused ? error.code : "other"),
        );
        expect(code).toBe(later < Math.min(life, 60) ? null : "exports.link_expired");
      },
    ),
  );
  for (const closed of [made, complete(NOW), { ...complete(NOW + 1_000), objectKey: null }])
    expect(await downloadLink({ links, issuedTo: "key_1" }, closed, NOW)).toBeNull();
});

function source(rows: ExportRow[]) {
  return { page: async (_: unknown, { limit }: { limit: number }) => rows.slice(0, limit) };
}

test("a file in memory is the header, the rows and the end; one row too many is refused", async () => {
  const order = {
    ...exportOf({ ...(await ordered()).made, secret: null, fingerprint: "", unlessSince: null }),
  };
  const rows = Array.from({ length: SYNC_ROWS + 1 }, (_, n) => ({
    siren: String(n),
    key: String(n),
    cells: [String(n), null],
  }));
  const deps = { rows: source(rows.slice(0, 2)), writer: csvWriter };
  const { bytes, rows: count } = await buildFile(deps, order);
  expect([count, new TextDecoder().decode(bytes)]).toEqual([2, "siren,contact_email\r\n0,\r\n1,\r\n"]);
  expect((await buildFile({ ...deps, rows: source(rows.slice(1)) }, order)).rows).toBe(SYNC_ROWS);
  await expect(buildFile({ ...deps, rows: source(rows) }, order)).rejects.toThrow(
    new DiscoveryRefused("exports.too_large_for_sync"),
  );
});

test("a file is called after what is in it and the day it was ordered", () => {
  const createdAt = "2026-11-21T23:59:59.000Z";
  const names = EXPORT_FORMATS.map(
    (format) => /"(.+)"/.exec(fileFacts({ format, createdAt }).disposition)?.[1],
  );
  expect(names).toEqual([
    "companies-2026-11-21.csv",
    "companies-2026-11-21.ndjson",
    "companies-2026-11-21.xlsx",
    "companies-2026-11-21.sql",
    "airtable-report-2026-11-21.ndjson",
  ]);
});
