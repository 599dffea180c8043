import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";

export function mountOrganisation(_app: OpenAPIHono<AppEnv>): void {
  // Filled by the routes of this folder.
}
