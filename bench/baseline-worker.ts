import { Hono } from "hono";

/** The yardstick: Hono with one route, which answers what the API answers and does nothing else. */
const app = new Hono<{ Bindings: { COMPANY: object } }>();

app.get("/api/v2/companies/:siren", (context) => context.json(context.env.COMPANY));

export default app;
