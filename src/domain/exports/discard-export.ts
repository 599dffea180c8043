import { carryPrefix, type EngineDeps, fileKey } from "./engine.ts";
import { exportEventId } from "./export-event.ts";
import type { WorkingExport } from "./ports.ts";

export type DiscardDeps = Pick<EngineDeps, "work" | "files" | "writers">;

/**
 * Removes whatever there is in R2 of an export that failed, was cancelled or has expired; of another it removes nothing.
 * Again, it changes nothing.
 */
export async function discardExport(deps: DiscardDeps, exportId: string): Promise<void> {
  const found = await deps.work.load(exportId);
  if (found !== null) await discard(deps, found);
}

async function discard({ work, files, writers }: DiscardDeps, found: WorkingExport): Promise<void> {
  if (found.status !== "failed" && found.status !== "cancelled" && found.status !== "expired") return;
  const key = fileKey(found, writers);
  if (found.uploadId !== null) await files.abort({ key, uploadId: found.uploadId });
  await files.deleteUnder(carryPrefix(found.id));
  // Last: before this no file may be made of the upload, after it there is none.
  await files.delete(key);
  await work.forgetFile(found.id);
}

/** What is done once an export has ended; all of it may be repeated. */
export async function settleEnd(
  deps: DiscardDeps & Pick<EngineDeps, "queue">,
  ended: WorkingExport,
): Promise<void> {
  if (ended.status === "completed") await deps.files.deleteUnder(carryPrefix(ended.id));
  else await discard(deps, ended);
  if (ended.status === "completed" || ended.status === "failed")
    await deps.queue.send([{ type: "event.published", event_id: exportEventId(ended.id) }]);
}
