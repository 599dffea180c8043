import { Hono } from "hono";
import { parseBody } from "../control/parse-body.ts";
import type { SandboxState } from "../control/sandbox-state.ts";
import { BaseRequest } from "./base.ts";

/** Makes bases for tests, and tells what became of them. */
export function airtableControl(state: SandboxState): Hono {
  const app = new Hono();
  app.post("/bases", async (context) => {
    const parsed = await parseBody(context, BaseRequest);
    if (!parsed.ok) return parsed.response;
    state.airtable.put(parsed.value);
    return context.json(state.airtable.find(parsed.value.base_id)?.report(), 201);
  });
  app.get("/bases/:id", (context) => {
    const base = state.airtable.find(context.req.param("id"));
    return base === null ? context.json({ message: "No such base" }, 404) : context.json(base.report());
  });
  return app;
}
