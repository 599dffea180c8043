import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { EXPORT_STATUSES } from "../../src/domain/exports/export.ts";
import { countOf } from "../count-of.ts";
import { LocalError } from "../local-error.ts";
import { type ApiAccess, ask } from "./api.ts";

const SEARCH = "/api/v2/companies?effectif_min=10&statut=active&sort=score&limit=3";
const POLL_MS = 250;
const PATIENCE_MS = 60_000;

const Found = z.object({
  siren: z.string(),
  nom_entreprise: z.string().nullable(),
  ma_score: z.int().nullable(),
});
const FoundPage = z.object({ data: z.array(Found) });
const Ordered = z.object({ export_id: z.string() });
const Status = z.object({
  status: z.enum(EXPORT_STATUSES),
  rows: z.int(),
  digest: z.string().nullable(),
  download_url: z.string().nullable(),
});

/** Companies searched for, and a file of those of a task. */
export interface Discovery {
  found: z.infer<typeof Found>[];
  /** `intact`: its SHA-256 is the one that the status tells. */
  file: { path: string; rows: number; bytes: number; intact: boolean };
}

/** Searches what the passes have stored, and exports the companies of a task to `file`. */
export async function discover(access: ApiAccess, taskId: string, file: string): Promise<Discovery> {
  const { data: found } = FoundPage.parse(await (await ask(access, SEARCH)).json());
  const ordered = await ask(access, "/api/v2/exports", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ format: "csv", task_id: taskId }),
  });
  const { export_id: id } = Ordered.parse(await ordered.json());
  const status = await waitForFile(access, id);
  // The link is signed: whoever has it needs no key.
  const response = await fetch(status.url, { signal: access.signal });
  const bytes = new Uint8Array(await response.arrayBuffer());
  writeFileSync(file, bytes);
  const intact = response.ok && createHash("sha256").update(bytes).digest("hex") === status.digest;
  return { found, file: { path: file, rows: status.rows, bytes: bytes.length, intact } };
}

async function waitForFile(access: ApiAccess, id: string) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const answer = await ask(access, `/api/v2/exports/${id}/status`);
    const { status, rows, digest, download_url: url } = Status.parse(await answer.json());
    if (status === "completed" && url !== null) return { rows, digest, url };
    if (status !== "queued" && status !== "running") throw new LocalError(`the export ended as ${status}`);
    await sleep(POLL_MS);
  }
  throw new LocalError(`the export took more than ${PATIENCE_MS / 1_000} seconds`);
}

export function describeDiscovery({ found, file }: Discovery, root: string): string {
  return [
    `GET ${SEARCH}`,
    ...found.map(
      ({ siren, nom_entreprise, ma_score }) =>
        `  ${siren}  ${(nom_entreprise ?? "—").padEnd(40)} ${ma_score ?? "—"}`,
    ),
    `Export     ${path.relative(root, file.path)}: ${countOf(file.rows, "company", "companies")}, ${file.bytes} bytes, ${file.intact ? "as signed" : "NOT as signed"}`,
  ].join("\n");
}
