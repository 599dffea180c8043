import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { exportAuditLogs, exportAuditLogsRoute } from "./export-audit-logs.ts";
import { listAnchors, listAnchorsRoute } from "./list-anchors.ts";
import { listAuditLogs, listAuditLogsRoute } from "./list-audit-logs.ts";
import { verifyAuditLogs, verifyAuditLogsRoute } from "./verify-audit-logs.ts";

export function mountAudit(app: OpenAPIHono<AppEnv>): void {
  app.openapi(listAuditLogsRoute, listAuditLogs);
  app.openapi(verifyAuditLogsRoute, verifyAuditLogs);
  app.openapi(exportAuditLogsRoute, exportAuditLogs);
  app.openapi(listAnchorsRoute, listAnchors);
}
