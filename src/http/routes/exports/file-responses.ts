import { z } from "@hono/zod-openapi";

const binary = { schema: z.string().openapi({ format: "binary" }) };

/** Of a file of an export, by format. */
export const FILE_CONTENT = {
  "text/csv": binary,
  "application/x-ndjson": binary,
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": binary,
  "application/sql": binary,
};

const DIGEST = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

const COMMON_HEADERS = {
  "Content-Disposition": { description: "With a file name", schema: { type: "string" } },
  "Repr-Digest": {
    description: "SHA-256 of the whole file (RFC 9530)",
    schema: { type: "string", example: DIGEST },
  },
  "X-Row-Count": { description: "Companies in the file", schema: { type: "integer", example: 1_000 } },
} as const;

export const FILE_HEADERS = {
  ...COMMON_HEADERS,
  "Content-Digest": {
    description: "SHA-256 of the bytes of this answer (RFC 9530)",
    schema: { type: "string", example: DIGEST },
  },
} as const;

/** Of a piece nobody knows the digest before it is read. */
export const PIECE_HEADERS = {
  ...COMMON_HEADERS,
  "Content-Range": {
    description: "Which bytes, and how many the file has",
    schema: { type: "string", example: "bytes 4096-8191/1048576" },
  },
} as const;
