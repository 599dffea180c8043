import { z } from "@hono/zod-openapi";
import { base64url, fromBase64url } from "../../../lib/base64url.ts";

const SHAPE = /^(\d{1,15})\.(dlv_[0-9A-Za-z]{1,60})$/;

/** Where a page of deliveries ended. */
interface Place {
  createdAt: string;
  id: string;
}

export function cursorAfter({ createdAt, id }: Place): string {
  return base64url(new TextEncoder().encode(`${Date.parse(createdAt)}.${id}`));
}

function placeOf(cursor: string): Place | null {
  const bytes = fromBase64url(cursor);
  const [, at = "", id] = SHAPE.exec(bytes === null ? "" : new TextDecoder().decode(bytes)) ?? [];
  return id === undefined || Number(at) > 8.64e15
    ? null
    : { createdAt: new Date(Number(at)).toISOString(), id };
}

export const DeliveryCursor = z
  .string()
  .transform((text, context) => {
    const place = placeOf(text);
    if (place !== null) return place;
    context.addIssue({ code: "custom", message: "cursor", params: { fault: "webhooks.cursor" } });
    return z.NEVER;
  })
  .openapi({ type: "string", description: "`next_cursor` of the page before" });
