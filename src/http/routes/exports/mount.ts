import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { cancelExportHandler, cancelExportRoute } from "./cancel-export.ts";
import { createExportHandler, createExportRoute } from "./create-export.ts";
import { downloadExport, downloadExportRoute } from "./download-export.ts";
import { getExportStatus, getExportStatusRoute } from "./get-export-status.ts";
import { listColumns, listColumnsRoute } from "./list-columns.ts";
import { listExports, listExportsRoute } from "./list-exports.ts";

export function mountExports(app: OpenAPIHono<AppEnv>): void {
  app.openapi(createExportRoute, createExportHandler);
  app.openapi(listExportsRoute, listExports);
  app.openapi(listColumnsRoute, listColumns);
  app.openapi(getExportStatusRoute, getExportStatus);
  app.openapi(cancelExportRoute, cancelExportHandler);
  app.openapi(downloadExportRoute, downloadExport);
}
