import { z } from "@hono/zod-openapi";
import { idParam } from "../../identifier-schema.ts";

export const SessionParam = idParam("ses_0mi8x1a2b3c4d5e6f7g8h9j0k");

export const SessionCursor = z
  .string()
  .superRefine((text, context) => {
    if (/^ses_[0-9a-z]{1,60}$/.test(text)) return;
    context.addIssue({ code: "custom", message: "session", params: { fault: "session.cursor" } });
  })
  .openapi({ type: "string", description: "`next_cursor` of the page before" });
