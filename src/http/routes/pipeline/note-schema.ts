import { z } from "@hono/zod-openapi";
import { MAX_NOTE_LENGTH, type Note as DomainNote } from "../../../domain/pipeline/note.ts";
import { idParam, SirenParam } from "../../identifier-schema.ts";
import { Author, authorJson, cursorInput } from "./schema.ts";

const EXAMPLE_ID = "note_0mhx2k9f4k7m2q8r5t1v3w6y9";
const ID = /^note_[0-9A-Za-z]{1,40}$/;

export const NoteParams = z.object({ siren: SirenParam, note_id: idParam(EXAMPLE_ID) });

export const NoteCursor = cursorInput((text) => (ID.test(text) ? text : null));

/** Line breaks become `\n`, whatever the client's system writes. */
export const NoteBodyInput = z
  .string()
  .overwrite((text) => text.replaceAll(/\r\n?/g, "\n").trim())
  .min(1)
  .max(MAX_NOTE_LENGTH)
  .superRefine((text, context) => {
    if (text.isWellFormed() && !/[^\P{Cc}\n\t]/u.test(text)) return;
    context.addIssue({ code: "custom", message: "text", params: { fault: "notes.unreadable" } });
  })
  .openapi({ description: "Plain text", example: "Appel du 12 mai : le dirigeant part en 2028." });

const instant = z.iso.datetime();

export const Note = z
  .object({
    note_id: z.string().openapi({ example: EXAMPLE_ID }),
    siren: z.string().openapi({ example: "552032534" }),
    body: z.string(),
    author: Author,
    created_at: instant,
    updated_at: instant,
  })
  .openapi("Note");

export function noteJson(note: DomainNote): z.infer<typeof Note> {
  return {
    note_id: note.id,
    siren: note.siren,
    body: note.body,
    author: authorJson(note.author),
    created_at: note.createdAt,
    updated_at: note.updatedAt,
  };
}
