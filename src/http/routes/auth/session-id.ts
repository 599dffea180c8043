import { z } from "@hono/zod-openapi";

export const SessionId = z
  .string()
  .superRefine((text, context) => {
    if (/^ses_[0-9a-z]{1,60}$/.test(text)) return;
    context.addIssue({ code: "custom", message: "session", params: { fault: "session.id" } });
  })
  .openapi({ type: "string", example: "ses_0mi8x1a2b3c4d5e6f7g8h9j0k" });
