import type { ExportFormat } from "./export.ts";
import { FILE_WRITERS } from "./formats/file-writers.ts";

/** What the file of an export is, and is called. `createdAt`: RFC 3339; its day is part of the name. */
export function fileFacts({ format, createdAt }: { format: ExportFormat; createdAt: string }) {
  const { contentType, extension } = FILE_WRITERS[format];
  const subject = format === "airtable" ? "airtable-report" : "companies";
  const name = `${subject}-${createdAt.slice(0, 10)}.${extension}`;
  return { contentType, disposition: `attachment; filename="${name}"` };
}
