import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { clearCompanyStatus, clearCompanyStatusRoute } from "./clear-company-status.ts";
import { createNote, createNoteRoute } from "./create-note.ts";
import { deleteNote, deleteNoteRoute } from "./delete-note.ts";
import { getCompanyStatus, getCompanyStatusRoute } from "./get-company-status.ts";
import { listNotes, listNotesRoute } from "./list-notes.ts";
import { listPipeline, listPipelineRoute } from "./list-pipeline.ts";
import { setCompanyStatus, setCompanyStatusRoute } from "./set-company-status.ts";
import { updateNote, updateNoteRoute } from "./update-note.ts";
import { listChanges, listChangesRoute } from "./list-changes.ts";

export function mountPipeline(app: OpenAPIHono<AppEnv>): void {
  app.openapi(listPipelineRoute, listPipeline);
  app.openapi(getCompanyStatusRoute, getCompanyStatus);
  app.openapi(setCompanyStatusRoute, setCompanyStatus);
  app.openapi(clearCompanyStatusRoute, clearCompanyStatus);
  app.openapi(listNotesRoute, listNotes);
  app.openapi(createNoteRoute, createNote);
  app.openapi(updateNoteRoute, updateNote);
  app.openapi(deleteNoteRoute, deleteNote);
  app.openapi(listChangesRoute, listChanges);
}
