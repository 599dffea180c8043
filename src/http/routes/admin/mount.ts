import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";

export function mountAdmin(_app: OpenAPIHono<AppEnv>): void {}
