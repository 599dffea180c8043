import { ResourceNotFound } from "../accounts/errors.ts";
import { ensureMayChangeNote } from "./ensure-may-change-note.ts";
import { pipelineRecord } from "./pipeline-record.ts";
import type { NoteRef, NoteStore, PipelineActor } from "./ports.ts";

/** Throws `ResourceNotFound`, or `DiscoveryRefused` when somebody else wrote it. */
export async function deleteNote(
  notes: Pick<NoteStore, "find" | "delete">,
  actor: PipelineActor,
  note: NoteRef,
): Promise<void> {
  await ensureMayChangeNote(notes, actor, note);
  const resource = { kind: "note", id: note.id } as const;
  const record = pipelineRecord(actor, { action: "note.deleted", resource, details: { siren: note.siren } });
  if (!(await notes.delete(note, actor.principal.mode, record))) throw new ResourceNotFound();
}
