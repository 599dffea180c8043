import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { createNote as create } from "../../../domain/pipeline/create-note.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, IDEMPOTENCY_PROBLEMS } from "../../shared-responses.ts";
import { Note, NoteBodyInput, noteJson } from "./note-schema.ts";
import { idOfNew, pipelineActor } from "./pipeline-actor.ts";
import { CompanyParams } from "./schema.ts";

const Body = closedObject({ body: NoteBodyInput }).openapi("CreateNoteRequest");

export const createNoteRoute = createRoute({
  method: "post",
  path: "/api/v2/companies/{siren}/notes",
  operationId: "createNote",
  tags: ["Pipeline"],
  summary: "Write a note on a company",
  description: "The company need not be stored. It takes 1,000 notes of an organisation at most.",
  security: [{ bearer: ["pipeline:write"] }],
  middleware: [requireScope("pipeline:write"), limitBody(128), requireJson, idempotent()] as const,
  request: {
    params: CompanyParams,
    headers: IdempotencyHeaders,
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    201: { description: "The note", content: { "application/json": { schema: Note } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const createNote: RouteHandler<typeof createNoteRoute, AppEnv> = async (context) => {
  const { notes } = context.get("isolate").services.pipeline;
  const actor = pipelineActor(context);
  const { siren } = context.req.valid("param");
  const { body } = context.req.valid("json");
  const note = await create(notes, actor, { id: idOfNew(context, "note"), siren, body });
  pokeAudit(context, actor.principal.organisationId);
  return context.json(noteJson(note), 201, PRIVATE_JSON);
};
