import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { deleteNote as deleteOne } from "../../../domain/pipeline/delete-note.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { NoteParams } from "./note-schema.ts";
import { pipelineActor } from "./pipeline-actor.ts";

export const deleteNoteRoute = createRoute({
  method: "delete",
  path: "/api/v2/companies/{siren}/notes/{note_id}",
  operationId: "deleteNote",
  tags: ["Pipeline"],
  summary: "Delete a note",
  description: "For whoever wrote it, person or key, and for owners and administrators who signed in.",
  security: [{ bearer: ["pipeline:write"] }],
  middleware: [requireScope("pipeline:write")] as const,
  request: { params: NoteParams, query: closedObject({}) },
  responses: { 204: { description: "Deleted" }, ...COMMON_PROBLEMS, ...RESOURCE_NOT_FOUND },
});

export const deleteNote: RouteHandler<typeof deleteNoteRoute, AppEnv> = async (context) => {
  const { notes } = context.get("isolate").services.pipeline;
  const actor = pipelineActor(context);
  const { siren, note_id: id } = context.req.valid("param");
  await deleteOne(notes, actor, { id, siren });
  pokeAudit(context, actor.principal.organisationId);
  return context.body(null, 204);
};
