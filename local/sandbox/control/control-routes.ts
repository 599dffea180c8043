import { type Context, Hono } from "hono";
import { z } from "zod";
import { FaultRequest } from "./faults.ts";
import { badField, parseBody } from "./parse-body.ts";
import type { SandboxState } from "./sandbox-state.ts";

const LimitsRequest = z.strictObject({ enabled: z.boolean() });

function countCalls(state: SandboxState, context: Context): Response {
  const siren = context.req.query("siren");
  if (siren === undefined) return context.json(state.calls.total());
  if (!/^\d{9}$/.test(siren)) return badField("siren", "must be 9 digits");
  return context.json(state.calls.about(siren));
}

export function controlRoutes(state: SandboxState): Hono {
  const app = new Hono();
  app.get("/calls", (context) => countCalls(state, context));
  app.post("/reset", (context) => {
    state.reset();
    return context.body(null, 204);
  });
  app.get("/faults", (context) => context.json({ faults: state.faults.list() }));
  app.post("/faults", async (context) => {
    const parsed = await parseBody(context, FaultRequest);
    if (!parsed.ok) return parsed.response;
    state.faults.apply(parsed.value);
    return context.json({ faults: state.faults.list() });
  });
  app.get("/limits", (context) => context.json({ enabled: state.limits.enabled }));
  app.post("/limits", async (context) => {
    const parsed = await parseBody(context, LimitsRequest);
    if (!parsed.ok) return parsed.response;
    state.limits.enable(parsed.value.enabled);
    return context.json({ enabled: state.limits.enabled });
  });
  return app;
}
