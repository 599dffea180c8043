import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../http/app-env.ts";
import { registerNamedSchemas } from "./named-schemas.ts";
import { tidyDocument } from "./tidy-document.ts";

export const API_VERSION = "2.0.0";

const DESCRIPTION = `SIREN in, enriched and scored company out.

Every answer carries \`X-Request-Id\`. Every error is an RFC 9457 problem whose \`code\` is listed under /problems.
Register vocabulary stays French (\`siren\`, \`code_naf\`, \`chiffre_affaires\`); unknown is \`null\`, never 0.`;

/** The security scheme every closed route names. */
export function registerSecurity(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "An API key (`mai_live_…`, `mai_test_…`) or an access token; either must carry the scope",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The access token of a person who signed in; an API key is refused",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "monitoring", {
    type: "http",
    scheme: "bearer",
    description: "The operator's METRICS_TOKEN",
  });
}

/** The OpenAPI 3.1 document, made from the schemas that validate. Costs some 20 ms: keep the result. */
export function buildDocument(app: OpenAPIHono<AppEnv>): Record<string, unknown> {
  registerNamedSchemas(app.openAPIRegistry);
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "M&A intelligence API", version: API_VERSION, description: DESCRIPTION },
    servers: [{ url: "/" }],
    tags: [
      { name: "Enrichment", description: "Ask the registers and paid sources" },
      { name: "Tasks", description: "Batches: a file in, every row ends once, progress live" },
      { name: "Companies", description: "What is stored, and how to find it" },
      { name: "Pipeline", description: "Lists, statuses, notes, and what changed of watched companies" },
      { name: "Exports", description: "Companies as a file, or in a table of yours" },
      { name: "Scoring", description: "Acquisition potential, with reasons" },
      { name: "Sign-in", description: "Accounts, sessions, passwords" },
      { name: "Two-factor", description: "Time-based codes and backup codes" },
      { name: "Organisation", description: "Members, roles, invitations" },
      { name: "API keys", description: "Create, rotate, revoke" },
      { name: "Limits and usage", description: "What is left, what was spent" },
      { name: "Audit", description: "What was done, and the proof that nothing was changed since" },
      { name: "Webhooks", description: "Be told what happened, and tell us" },
      { name: "Operations", description: "For the operator of this service" },
      { name: "System", description: "Health and documentation" },
    ],
  });
  return tidyDocument(document);
}
