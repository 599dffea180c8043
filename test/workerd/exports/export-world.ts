import { env } from "cloudflare:workers";
import { z } from "zod";
import { expect } from "vitest";
import type { ExportFormat, ExportStatus } from "../../../src/domain/exports/export.ts";
import { fileKey } from "../../../src/domain/exports/engine.ts";
import { FILE_WRITERS } from "../../../src/domain/exports/formats/file-writers.ts";
import { hex } from "../../../src/lib/hex.ts";
import { newId } from "../../../src/lib/new-id.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { database, type World } from "../../support/world.ts";

export type Caller = Pick<World, "request">;

const HOUR_MS = 3_600_000;

interface MintedExport {
  id: string;
  bytes: Uint8Array<ArrayBuffer>;
  digest: string;
  /** In R2. */
  key: string;
}

interface Minting {
  status?: ExportStatus;
  mode?: "live" | "test";
  format?: ExportFormat;
  text?: string;
  rows?: number;
  estimated?: number | null;
  /** ms. */
  at?: number;
  /** ms after `at`. */
  expiresIn?: number;
}

/** An export as it is once the queue has done its part, with its file; the queue knows nothing of it. */
export async function mintExport(
  { organisationId }: Pick<World, "organisationId">,
  minting: Minting = {},
): Promise<MintedExport> {
  const { status = "completed", mode = "live", format = "csv", rows = 3, at = Date.now() } = minting;
  const bytes = Uint8Array.from(
    new TextEncoder().encode(minting.text ?? "siren,nom_entreprise\r\n552032534,Élan\r\n"),
  );
  const digest = hex(await crypto.subtle.digest("SHA-256", bytes));
  const id = newId("exp", at, randomBytes);
  const key = fileKey({ id, organisationId, format }, FILE_WRITERS);
  const complete = status === "completed";
  if (complete) await env.EXPORTS.put(key, bytes);
  const moment = new Date(at).toISOString();
  const ended = !["queued", "running"].includes(status);
  await database().query(
    `insert into exports (id, organisation_id, mode, actor_kind, actor_id, format, selection, columns, options, secret,
       fingerprint, status, estimated_rows, rows, bytes, digest, object_key, created_at, started_at, finished_at, expires_at)
     values ($1, $2, $3, 'key', 'key_test', $4, $5, $6, '{}', $7, $8, $9, $10, $11, $12, $13, $14, $15,
       $16, $17, $18)`,
    [
      id,
      organisationId,
      mode,
      format,
      JSON.stringify({ kind: "filter", filter: { score_min: 60 } }),
      ["siren", "nom_entreprise"],
      ended ? null : "sealed",
      `minted:${id}`,
      status,
      minting.estimated === undefined ? 4 : minting.estimated,
      rows,
      complete ? bytes.length : 0,
      complete ? digest : null,
      complete ? key : null,
      moment,
      status === "queued" ? null : moment,
      ended ? moment : null,
      complete || status === "expired"
        ? new Date(at + (minting.expiresIn ?? 24 * HOUR_MS)).toISOString()
        : null,
    ],
  );
  return { id, bytes, digest, key };
}

/** `count` companies that no other test has, of consecutive numbers. */
export async function mintCompanies(count: number, name: string): Promise<string[]> {
  const first = 100_000_000 + Math.floor((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 800_000_000);
  const rows = await database().query(
    `insert into companies (siren, nom_entreprise, diffusion, statut, departement, ma_score, score, facts_hash,
       first_seen_at, last_scraped_at)
     select (n + $2::int)::text, $3 || ' ' || n, 'complete', 'active', '69', n % 101, '{}', 'x',
       now() - interval '1 hour', now() - interval '1 hour'
     from generate_series(1, $1::int) n on conflict do nothing returning siren`,
    [count, first, name],
  );
  return z
    .array(z.object({ siren: z.string() }))
    .parse(rows)
    .map(({ siren }) => siren);
}

export async function mintList(
  { organisationId }: Pick<World, "organisationId">,
  sirens: string[],
  mode: "live" | "test" = "live",
): Promise<string> {
  const id = newId("lst", Date.now(), randomBytes);
  await database().query(
    `insert into lists (id, organisation_id, mode, name, created_by_kind, created_at, updated_at)
     values ($1, $2, $3, $1, 'key', now(), now())`,
    [id, organisationId, mode],
  );
  await database().query(
    `insert into list_companies (list_id, siren, added_at)
     select $1, siren, now() - interval '1 minute' from unnest($2::text[]) siren`,
    [id, sirens],
  );
  return id;
}

export async function post(
  { request }: Caller,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const content = body === undefined ? {} : { "content-type": "application/json" };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  return request(path, { method: "POST", headers: { ...content, ...headers }, ...init });
}

export const Accepted = z.strictObject({
  export_id: z.string().startsWith("exp_"),
  status: z.string(),
  format: z.string(),
  estimated_rows: z.number().nullable(),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  status_url: z.string(),
  progress_url: z.string(),
  reused: z.boolean(),
});

/** An order that is accepted. */
export async function order(caller: Caller, body: unknown, headers: Record<string, string> = {}) {
  const response = await post(caller, "/api/v2/exports", body, headers);
  expect(response.status).toBe(202);
  return Accepted.parse(await response.json());
}

export const Status = z.looseObject({
  export_id: z.string(),
  status: z.string(),
  rows: z.number(),
  bytes: z.number(),
  digest: z.string().nullable(),
  percent: z.number().nullable(),
  download_url: z.string().nullable(),
  expires_at: z.string().nullable(),
});

export async function statusOf({ request }: Caller, id: string): Promise<z.infer<typeof Status>> {
  const response = await request(`/api/v2/exports/${id}/status`);
  expect(response.status).toBe(200);
  return Status.parse(await response.json());
}

/** Actions about an export in the audit, with what they say. */
export async function auditOf({ organisationId }: Pick<World, "organisationId">, id: string | null) {
  const rows = await database().query(
    `select action, address, details, actor_kind from (
       select record ->> 'action' as action, record ->> 'address' as address, record -> 'details' as details,
         record #>> '{actor,kind}' as actor_kind, record #>> '{resource,id}' as resource_id, record ->> 'at' as at
       from audit_outbox where organisation_id = $1
       union all
       select action, address, details, actor_kind, resource_id, at::text from audit_logs where organisation_id = $1) all_of_it
     where resource_id is not distinct from $2 and action like 'export.%'`,
    [organisationId, id],
  );
  return z
    .array(
      z.object({
        action: z.string(),
        address: z.string().nullable(),
        details: z.record(z.string(), z.unknown()),
        actor_kind: z.string(),
      }),
    )
    .parse(rows);
}
