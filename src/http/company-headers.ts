import { z } from "@hono/zod-openapi";

export const CompanyHeaders = z.object({
  "Cache-Status": z.string().openapi({
    description: "RFC 9211: which level answered (isolate, edge, kv, postgres)",
    example: "kv; hit, edge; fwd=miss, isolate; fwd=miss",
  }),
  "X-Request-Id": z.string(),
});
