import type { Base } from "./base.ts";

export interface ExportServices {
  database: Base["database"];
}

export function buildExportServices({ database }: Base): ExportServices {
  return { database };
}
