import { z } from "@hono/zod-openapi";
import type { OpenedSession } from "../../../domain/accounts/open-session.ts";

export const SessionTokens = z
  .object({
    access_token: z.string().openapi({ description: "Sent as `Authorization: Bearer …`" }),
    refresh_token: z
      .string()
      .openapi({ description: "Good for one POST /api/v2/auth/refresh, which answers the next one" }),
    token_type: z.literal("Bearer"),
    expires_in: z.number().int().openapi({ description: "Seconds the access token lives", example: 900 }),
  })
  .openapi("SessionTokens");

export function sessionTokens(opened: OpenedSession): z.infer<typeof SessionTokens> {
  return {
    access_token: opened.accessToken,
    refresh_token: opened.refreshToken,
    token_type: "Bearer",
    expires_in: opened.expiresIn,
  };
}
