import { z } from "@hono/zod-openapi";
import { AUDIT_ACTIONS } from "../../../domain/audit/audit-record.ts";
import { ACTION_CHOICES, actionsOf, type AuditFilter } from "../../../domain/audit/audit-filter.ts";
import { nameInput, unknownName } from "../../closed-object.ts";
import { RequestInvalid } from "../../request-invalid.ts";

const ActionInput = z
  .string()
  .transform((text, context) => {
    const actions = actionsOf(text);
    if (actions.length > 0) return actions;
    context.addIssue({ ...unknownName([], text, AUDIT_ACTIONS), input: text });
    return z.NEVER;
  })
  .openapi({
    type: "string",
    enum: [...ACTION_CHOICES],
    description: "One action, or all whose name begins so: `key.`",
    example: "key.",
  });

const IdentifierInput = z
  .string()
  .superRefine((text, context) => {
    if (/^[A-Za-z0-9._:-]{1,100}$/.test(text)) return;
    context.addIssue({ code: "custom", message: "identifier", params: { fault: "audit.identifier" } });
  })
  .openapi({ pattern: "^[A-Za-z0-9._:-]{1,100}$" });

const Instant = z.iso.datetime({ offset: true });

const InstantInput = z
  .string()
  .transform((text, context) => {
    if (Instant.safeParse(text).success) return new Date(text).toISOString();
    context.addIssue({ code: "custom", message: "instant", params: { fault: "audit.instant" } });
    return z.NEVER;
  })
  .openapi({ type: "string", format: "date-time", example: "2026-11-20T09:00:00Z" });

export const NumberInput = z
  .string()
  .transform((text, context) => {
    const number = Number(text);
    if (/^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(number)) return number;
    context.addIssue({ code: "custom", message: "number", params: { fault: "audit.number" } });
    return z.NEVER;
  })
  .openapi({ type: "integer", minimum: 1 });

export const FILTERS = {
  action: ActionInput.optional(),
  actor_id: IdentifierInput.optional(),
  resource_kind: IdentifierInput.optional(),
  resource_id: IdentifierInput.optional(),
  outcome: nameInput(["success", "failure"]).optional(),
  request_id: IdentifierInput.optional(),
  from: InstantInput.optional().openapi({ description: "From this instant on" }),
  to: InstantInput.optional().openapi({ description: "Before this instant" }),
};

const Filters = z.object(FILTERS);

/** A span that ends before it begins is a slip. */
export function ensureOrder(span: {
  from?: string | number | undefined;
  to?: string | number | undefined;
}): void {
  const { from, to } = span;
  if (from === undefined || to === undefined || from <= to) return;
  const params = { fault: "audit.span" };
  throw new RequestInvalid([{ code: "custom", path: ["to"], message: "span", params, input: to }], "query");
}

export function filterOf(organisationId: string, input: z.output<typeof Filters>): AuditFilter {
  ensureOrder(input);
  return {
    organisationId,
    actions: input.action ?? null,
    actorId: input.actor_id ?? null,
    resourceKind: input.resource_kind ?? null,
    resourceId: input.resource_id ?? null,
    outcome: input.outcome ?? null,
    requestId: input.request_id ?? null,
    from: input.from ?? null,
    to: input.to ?? null,
  };
}

export const AuditLogEntry = z
  .object({
    seq: z.number().openapi({ type: "integer", description: "From 1, without a gap", example: 42 }),
    id: z.string().openapi({ example: "aud_0mhx2k9f4k7m2q8r5t1v3w6y9z" }),
    at: z.string().openapi({ format: "date-time" }),
    actor: z.object({ kind: z.string().openapi({ example: "key" }), id: z.string().nullable() }),
    action: z.string().openapi({ example: "key.revoked" }),
    resource: z.object({ kind: z.string().nullable(), id: z.string().nullable() }).nullable(),
    outcome: z.string().openapi({ example: "success" }),
    request_id: z.string().nullable(),
    address: z.string().nullable().openapi({ description: "null: unknown, or erased" }),
    user_agent: z.string().nullable().openapi({ description: "null: unknown, or erased" }),
    details: z.unknown().openapi({ type: "object", description: "Identifiers, counts, names of settings" }),
    hash: z.string().openapi({ description: "SHA-256, hex: see docs/audit.md" }),
  })
  .openapi("AuditLogEntry");

export const AuditLogPage = z
  .object({ data: z.array(AuditLogEntry), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("AuditLogPage");

const AuditAnchor = z
  .object({
    v: z.literal(1),
    organisation_id: z.string(),
    from: z.int().openapi({ description: "First `seq`; follows the `to` of the anchor before" }),
    to: z.int(),
    previous_hash: z.string().openapi({ description: "Of the entry before `from`" }),
    head: z.string().openapi({ description: "Of the entry `to`" }),
    hashes: z.array(z.string()).openapi({ description: "Of `from` to `to`, in order" }),
    at: z.string().openapi({ format: "date-time" }),
    key_id: z.string().openapi({ description: "One of `keys` of `/audit-logs/verify`" }),
    signature: z.string().openapi({
      description: "Ed25519, base64, over the canonical JSON (RFC 8785) of all other members",
    }),
  })
  .openapi("AuditAnchor");

export const AuditAnchorPage = z
  .object({ data: z.array(AuditAnchor), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("AuditAnchorPage");
