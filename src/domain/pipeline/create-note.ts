import { DiscoveryRefused } from "../search/errors.ts";
import { ensureCompanyOfMode } from "./ensure-company-of-mode.ts";
import type { Note } from "./note.ts";
import { pipelineRecord } from "./pipeline-record.ts";
import type { NoteStore, PipelineActor } from "./ports.ts";

/** Under an id that was used before, the note stays as it is. Throws `DiscoveryRefused`, `SirenNotReserved`. */
export async function createNote(
  notes: Pick<NoteStore, "create">,
  actor: PipelineActor,
  note: Pick<Note, "id" | "siren" | "body">,
): Promise<Note> {
  const { mode } = actor.principal;
  ensureCompanyOfMode(mode, [note.siren]);
  const resource = { kind: "note", id: note.id } as const;
  const record = pipelineRecord(actor, { action: "note.created", resource, details: { siren: note.siren } });
  const created = await notes.create(note, mode, record);
  if (created === null) throw new DiscoveryRefused("notes.too_many");
  return created;
}
