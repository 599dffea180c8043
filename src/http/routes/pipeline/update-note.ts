import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { changeNote } from "../../../domain/pipeline/change-note.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { Note, NoteBodyInput, noteJson, NoteParams } from "./note-schema.ts";
import { pipelineActor } from "./pipeline-actor.ts";

const Body = closedObject({ body: NoteBodyInput }).openapi("UpdateNoteRequest");

export const updateNoteRoute = createRoute({
  method: "patch",
  path: "/api/v2/companies/{siren}/notes/{note_id}",
  operationId: "updateNote",
  tags: ["Pipeline"],
  summary: "Rewrite a note",
  description: "For whoever wrote it, person or key, and for owners and administrators who signed in.",
  security: [{ bearer: ["pipeline:write"] }],
  middleware: [requireScope("pipeline:write"), limitBody(128), requireJson] as const,
  request: {
    params: NoteParams,
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "The note, changed", content: { "application/json": { schema: Note } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const updateNote: RouteHandler<typeof updateNoteRoute, AppEnv> = async (context) => {
  const { notes } = context.get("isolate").services.pipeline;
  const actor = pipelineActor(context);
  const { siren, note_id: id } = context.req.valid("param");
  const note = await changeNote(notes, actor, { id, siren, ...context.req.valid("json") });
  pokeAudit(context, actor.principal.organisationId);
  return context.json(noteJson(note), 200, PRIVATE_JSON);
};
