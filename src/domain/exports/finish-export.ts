import { settleEnd } from "./discard-export.ts";
import { type EngineDeps, fileKey, isoAt } from "./engine.ts";
import { FileDamaged, NotOurs } from "./errors.ts";
import { FILE_LIFE_MS } from "./export.ts";
import { exportEvent } from "./export-event.ts";
import type { Lease, WorkingExport } from "./ports.ts";

/**
 * Makes one object of what the steps have stored, reads it back, and ends the export. Whoever does it has the same parts
 * and the same etags, so that it may be done twice. Throws `FileDamaged` when the object is not what was written.
 */
export async function finishExport(deps: EngineDeps, made: WorkingExport, lease: Lease): Promise<void> {
  const key = fileKey(made, deps.writers);
  await putTogether(deps, made, key);
  const found = await deps.files.measure(key);
  if (found?.bytes !== made.bytes) throw new FileDamaged();
  const now = deps.now();
  const [at, expiresAt] = [isoAt(now), isoAt(now + FILE_LIFE_MS)];
  const { digest } = found;
  const event = exportEvent(made, at, { digest, expiresAt });
  if (!(await deps.work.complete(lease, { at, digest, expiresAt, event }))) throw new NotOurs();
  deps.log.event("export_generated", {
    export_id: made.id,
    organisation_id: made.organisationId,
    format: made.format,
    rows: made.rows,
    bytes: made.bytes,
    duration_ms: now - Date.parse(made.createdAt),
  });
  await settleEnd(deps, { ...made, status: "completed" });
}

async function putTogether({ files, writers }: EngineDeps, made: WorkingExport, key: string): Promise<void> {
  if (made.uploadId !== null) return files.join({ key, uploadId: made.uploadId }, made.parts);
  const bytes = made.carryKey === null ? new Uint8Array() : await files.readCarry(made.carryKey);
  const { contentType, extension } = writers[made.format];
  await files.put(key, bytes, { contentType, fileName: `${made.id}.${extension}` });
}
