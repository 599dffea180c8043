import type { Config } from "../../../config/config.ts";
import type { Downloadable } from "../../../domain/exports/download-link.ts";
import { fileFacts } from "../../../domain/exports/file-facts.ts";
import { DiscoveryRefused } from "../../../domain/search/errors.ts";
import { type ByteRange, parseRange } from "../../../lib/byte-range.ts";
import { fromHex } from "../../../lib/hex.ts";
import type { ExportDownloads } from "../../../storage/r2/export-downloads.ts";
import { presignedUrl } from "../../../storage/r2/presigned-url.ts";
import { digestField } from "../../digest-field.ts";
import { matchesEntityTag, namesEntityTag } from "../../entity-tag.ts";
import { RequestRefused } from "../../request-invalid.ts";

const PRESIGNED_SECONDS = 300;

/** A file that somebody may have. */
export interface Download {
  made: Downloadable;
  downloads: ExportDownloads;
  s3: Config["exports"]["s3"];
  /** Before any byte goes out. */
  record: (range: ByteRange) => Promise<void>;
  /** ms. */
  now: number;
}

/** Of the file as a whole. */
interface Fields extends Record<string, string> {
  "content-digest": string;
}

/** Throws `RequestRefused` for a range behind the end. */
function rangeOf({ headers }: Request, { bytes }: Downloadable, etag: string): ByteRange | "whole" {
  const condition = headers.get("if-range");
  if (condition !== null && condition.trim() !== etag) return "whole";
  const range = parseRange(headers.get("range"), bytes);
  if (range !== "unsatisfiable") return range;
  const fields = { "content-range": `bytes */${bytes}`, "accept-ranges": "bytes", etag };
  throw new RequestRefused("exports.range_unsatisfiable", fields);
}

async function redirect({ made, s3, now }: Download & { s3: object }): Promise<Response> {
  const { contentType, disposition } = fileFacts(made);
  const wanted = { key: made.objectKey, contentType, disposition, lifeSeconds: PRESIGNED_SECONDS, now };
  const location = await presignedUrl(s3, wanted);
  return new Response(null, { status: 302, headers: { location, "cache-control": "private, no-store" } });
}

async function serveBytes(download: Download, range: ByteRange | "whole", fields: Fields): Promise<Response> {
  const { made, downloads, record } = download;
  const span = range === "whole" ? { offset: 0, length: made.bytes } : range;
  const body = await downloads.open(made.objectKey, span);
  if (body === null) throw new DiscoveryRefused("exports.link_expired");
  try {
    await record(span);
  } catch (error) {
    await body.cancel();
    throw error;
  }
  const length = String(span.length);
  if (range === "whole") return new Response(body, { headers: { ...fields, "content-length": length } });
  const { "content-digest": _, ...partial } = fields;
  const place = `bytes ${span.offset}-${span.offset + span.length - 1}/${made.bytes}`;
  const headers = { ...partial, "content-length": length, "content-range": place };
  return new Response(body, { status: 206, headers });
}

/** Throws `DiscoveryRefused`. */
async function ensureThere({ made, downloads }: Download): Promise<void> {
  if (!(await downloads.exists(made.objectKey))) throw new DiscoveryRefused("exports.link_expired");
}

/** The answer to GET and HEAD. Throws `DiscoveryRefused` when the file is gone, `RequestRefused` for `If-Match` and ranges. */
export async function serveFile(request: Request, download: Download): Promise<Response> {
  const { made, s3, record } = download;
  const digest = digestField(fromHex(made.digest));
  const etag = `"${made.digest}"`;
  const { contentType, disposition } = fileFacts(made);
  const basic = { etag, "cache-control": "private, no-store" };
  const wanted = request.headers.get("if-match");
  // R2 has a tag of its own for the bytes, and checks that one.
  if (s3 === null && wanted !== null && !namesEntityTag(wanted, etag))
    throw new RequestRefused("exports.file_changed", { etag });
  if (matchesEntityTag(request.headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers: basic });
  const fields = {
    ...basic,
    "content-type": contentType,
    "content-disposition": disposition,
    "accept-ranges": "bytes",
    "content-digest": digest,
    "repr-digest": digest,
    "x-row-count": String(made.rows),
  };
  if (request.method === "HEAD") {
    await ensureThere(download);
    return new Response(null, { headers: { ...fields, "content-length": String(made.bytes) } });
  }
  const range = rangeOf(request, made, etag);
  if (s3 === null) return serveBytes(download, range, fields);
  await ensureThere(download);
  // Whoever has the address has all of the file, whatever he asked for.
  await record({ offset: 0, length: made.bytes });
  return redirect({ ...download, s3 });
}
