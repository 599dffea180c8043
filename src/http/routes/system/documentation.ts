import type { OpenAPIHono } from "@hono/zod-openapi";
import { buildDocument } from "../../../openapi/document.ts";
import type { AppEnv } from "../../app-env.ts";

/** `/openapi.json`. Open to all: it tells nothing of anybody. */
export function mountDocumentation(app: OpenAPIHono<AppEnv>): void {
  app.get("/openapi.json", (context) => context.json(buildDocument(app)));
}
