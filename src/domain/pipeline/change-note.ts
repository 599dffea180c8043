import { ResourceNotFound } from "../accounts/errors.ts";
import { ensureMayChangeNote } from "./ensure-may-change-note.ts";
import type { Note } from "./note.ts";
import { pipelineRecord } from "./pipeline-record.ts";
import type { NoteStore, PipelineActor } from "./ports.ts";

/** Throws `ResourceNotFound`, or `DiscoveryRefused` when somebody else wrote it. */
export async function changeNote(
  notes: Pick<NoteStore, "find" | "change">,
  actor: PipelineActor,
  note: Pick<Note, "id" | "siren" | "body">,
): Promise<Note> {
  await ensureMayChangeNote(notes, actor, note);
  const resource = { kind: "note", id: note.id } as const;
  const record = pipelineRecord(actor, { action: "note.changed", resource, details: { siren: note.siren } });
  const changed = await notes.change(note, actor.principal.mode, record);
  if (changed === null) throw new ResourceNotFound();
  return changed;
}
