import type { Principal } from "../accounts/principal.ts";
import type { Author } from "./author.ts";

/** On one company, of one organisation and mode. */
export const MAX_NOTES = 1_000;
/** Characters. */
export const MAX_NOTE_LENGTH = 10_000;

/** What somebody wrote about a company, for his organisation only. Moments are RFC 3339, milliseconds. */
export interface Note {
  id: string;
  siren: string;
  /** May hold personal data: it goes into no log, record or address. */
  body: string;
  author: Author;
  createdAt: string;
  updatedAt: string;
}

/** Whoever wrote it, and the owners and administrators. */
export function mayChangeNote(
  { author }: Pick<Note, "author">,
  { actor, session }: Pick<Principal, "actor" | "session">,
): boolean {
  if (session?.role === "owner" || session?.role === "admin") return true;
  return author.kind === actor.kind && author.id === actor.id;
}
