import { ResourceNotFound } from "../accounts/errors.ts";
import { DiscoveryRefused } from "../search/errors.ts";
import { mayChangeNote } from "./note.ts";
import type { NoteRef, NoteStore, PipelineActor } from "./ports.ts";

/** Throws `ResourceNotFound`, or `DiscoveryRefused` when somebody else wrote it. */
export async function ensureMayChangeNote(
  notes: Pick<NoteStore, "find">,
  { principal }: PipelineActor,
  note: NoteRef,
): Promise<void> {
  const found = await notes.find(principal, note);
  if (found === null) throw new ResourceNotFound();
  if (!mayChangeNote(found, principal)) throw new DiscoveryRefused("notes.not_author");
}
