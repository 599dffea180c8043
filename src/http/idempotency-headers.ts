import { z } from "@hono/zod-openapi";

/** For routes behind `idempotent`, which reads the header: whatever it holds, this accepts it. */
export const IdempotencyHeaders = z.object({
  "Idempotency-Key": z.string().optional().openapi({
    description:
      "1 to 255 printable ASCII characters, quoted or bare, chosen by you for one request: a UUID, say. The same request again under the same key, within 24 hours, is not carried out again: it gets the first answer, with `Idempotent-Replayed: true`. A request that failed may be sent again under its key.",
  }),
});
