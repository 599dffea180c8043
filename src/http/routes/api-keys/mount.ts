import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { createApiKey, createApiKeyRoute } from "./create-api-key.ts";
import { getApiKey, getApiKeyRoute } from "./get-api-key.ts";
import { listApiKeys, listApiKeysRoute } from "./list-api-keys.ts";
import { revokeApiKey, revokeApiKeyRoute } from "./revoke-api-key.ts";
import { rotateApiKey, rotateApiKeyRoute } from "./rotate-api-key.ts";
import { updateApiKey, updateApiKeyRoute } from "./update-api-key.ts";

export function mountApiKeys(app: OpenAPIHono<AppEnv>): void {
  app.openapi(createApiKeyRoute, createApiKey);
  app.openapi(listApiKeysRoute, listApiKeys);
  app.openapi(getApiKeyRoute, getApiKey);
  app.openapi(updateApiKeyRoute, updateApiKey);
  app.openapi(rotateApiKeyRoute, rotateApiKey);
  app.openapi(revokeApiKeyRoute, revokeApiKey);
}
