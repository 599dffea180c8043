import { ensureCompanyOfMode } from "./ensure-company-of-mode.ts";
import type { Note } from "./note.ts";
import type { NoteStore, Owner } from "./ports.ts";

/** Newest first; `before`: an id, for what follows it. Throws `SirenNotReserved`. */
export async function listNotes(
  notes: Pick<NoteStore, "list">,
  owner: Owner,
  { siren, ...page }: { siren: string; before: string | null; limit: number },
): Promise<Note[]> {
  ensureCompanyOfMode(owner.mode, [siren]);
  return notes.list(owner, siren, page);
}
