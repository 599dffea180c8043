import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { receiveHook, receiveHookRoute } from "./receive-hook.ts";

export function mountHooks(app: OpenAPIHono<AppEnv>): void {
  app.openapi(receiveHookRoute, receiveHook);
}
