import { z } from "@hono/zod-openapi";

const RequestId = z.string().openapi({
  description: "Quote it when you report a problem; your own is kept when you send one",
  example: "req_0b6f6c1e-5f0a-4c53-9d0a-3d0a2d2f8f11",
});

export const CompanyHeaders = z.object({
  "Cache-Status": z.string().openapi({
    description: "RFC 9211: which level answered (isolate, edge, kv, postgres)",
    example: "kv; hit, edge; fwd=miss, isolate; fwd=miss",
  }),
  "X-Request-Id": RequestId,
});

export const EnrichedHeaders = CompanyHeaders.extend({
  Age: z.string().openapi({ description: "Seconds since the oldest source was asked", example: "0" }),
  "X-Cost-Credits": z.string().openapi({ description: "Credits that paid sources took", example: "1" }),
  "X-Cost-Euros": z.string().openapi({ description: "What they cost", example: "0.0200" }),
});

export const TaggedHeaders = CompanyHeaders.extend({
  ETag: z.string().openapi({
    description: "Send it back as `If-None-Match`",
    example: '"3f1c9b0e5d7a4c2f8b6e1d0a9c8b7a65"',
  }),
});

/** Any other header of a request is let through. */
export const ConditionalHeaders = z.object({
  "if-none-match": z
    .string()
    .optional()
    .openapi({ description: "An `ETag` received before: answers 304 while nothing changed" }),
});
