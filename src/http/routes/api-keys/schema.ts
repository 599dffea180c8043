import { z } from "@hono/zod-openapi";
import type { ApiKey as DomainKey } from "../../../domain/accounts/keys/api-key.ts";
import type { NewApiKey } from "../../../domain/accounts/keys/create-key.ts";
import { KEY_SCOPES } from "../../../domain/accounts/principal.ts";
import { unknownName } from "../../closed-object.ts";
import { idParam } from "../../identifier-schema.ts";

const EXAMPLE_ID = "key_0mdfk3x2a7r4v9t1b6y3h8n5c";
const ID = /^key_[A-Za-z0-9-]{1,60}$/;

function faulty(context: z.RefinementCtx, fault: string): void {
  context.addIssue({ code: "custom", message: fault, params: { fault } });
}

export const KeyCursor = z
  .string()
  .superRefine((text, context) => {
    if (!ID.test(text)) faulty(context, "keys.cursor");
  })
  .openapi({ description: "`next_cursor` of the page before" });

export const KeyParam = idParam(EXAMPLE_ID);

export const KeyName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .superRefine((text, context) => {
    if (!text.isWellFormed() || /\p{Cc}/u.test(text)) faulty(context, "text.unreadable");
  })
  .openapi({ description: "What you will know it by", example: "Import de nuit" });

export const ScopeInput = z
  .string()
  .transform((name, context) => {
    const known = KEY_SCOPES.find((one) => one === name);
    if (known !== undefined) return known;
    context.addIssue({ ...unknownName([], name, KEY_SCOPES), input: name });
    return z.NEVER;
  })
  .openapi({ type: "string", enum: [...KEY_SCOPES] });

const instant = z.iso.datetime();
const offsetInstant = z.iso.datetime({ offset: true });

/** An instant with its time zone, as milliseconds. */
export const InstantInput = z
  .string()
  .transform((text, context) => {
    if (offsetInstant.safeParse(text).success) return Date.parse(text);
    faulty(context, "keys.expiry_format");
    return z.NEVER;
  })
  .openapi({ type: "string", format: "date-time", example: "2027-06-30T22:00:00Z" });

export const ApiKey = z
  .object({
    id: z.string().openapi({ example: EXAMPLE_ID }),
    name: z.string(),
    prefix: z.string().openapi({ description: "first characters of the key", example: "mai_live_Zb3kQ9x" }),
    scopes: z.array(z.string()),
    mode: z.enum(["live", "test"]),
    created_by: z.string().nullable().openapi({ description: "user; null when no person made it" }),
    created_at: instant,
    last_used_at: instant.nullable().openapi({ description: "to the hour" }),
    expires_at: instant.nullable(),
    revoked_at: instant.nullable(),
    replaced_by: z.string().nullable().openapi({ description: "the key that a rotation put in its place" }),
  })
  .openapi("ApiKey");

export const CreatedApiKey = ApiKey.extend({
  key: z
    .string()
    .openapi({ description: "The key itself, shown this once", example: "mai_live_<43 characters><7>" }),
}).openapi("CreatedApiKey");

export function apiKeyJson(key: DomainKey): z.infer<typeof ApiKey> {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    mode: key.mode,
    created_by: key.createdBy,
    created_at: key.createdAt,
    last_used_at: key.lastUsedAt,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
    replaced_by: key.replacedBy,
  };
}

export function createdKeyJson({ apiKey, key }: NewApiKey): z.infer<typeof CreatedApiKey> {
  return { ...apiKeyJson(apiKey), key };
}
