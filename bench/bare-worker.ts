import { Hono } from "hono";

/** A stricter yardstick, for information: the same route with a body that was made in advance. */
const app = new Hono<{ Bindings: { BODY: string } }>();

app.get("/api/v2/companies/:siren", (context) =>
  context.body(context.env.BODY, 200, { "content-type": "application/json" }),
);

export default app;
