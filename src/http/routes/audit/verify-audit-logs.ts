import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { KeyringSigner } from "../../../auth/head-signature.ts";
import { CHAIN_FAULTS } from "../../../domain/audit/check-entries.ts";
import { type ChainVerdict, verifyChain } from "../../../domain/audit/verify-chain.ts";
import { errorKind } from "../../../lib/error-kind.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { RequestInvalid } from "../../request-invalid.ts";
import { ensureOrder, NumberInput } from "./schema.ts";

const number = (description: string) => z.int().nullable().openapi({ description });

const AuditVerdict = z
  .object({
    valid: z.boolean().openapi({ description: "Of what this answer covers, `checked_from` to `checked_to`" }),
    entries: z.int().openapi({ description: "Entries found good" }),
    checked_from: number("null: nothing in this range"),
    checked_to: number("The last number looked at"),
    next_from: number("Ask again with this `from`; null when done"),
    first_bad_index: number("`seq` of the first entry that is not what it was; null when all are"),
    reason: z.enum(CHAIN_FAULTS).nullable(),
    head: z.object({ seq: z.int(), hash: z.string() }).openapi({ description: "Of the chain itself" }),
    anchored_at: z.string().nullable().openapi({ format: "date-time", description: "Last signed anchor" }),
    anchored_seq: z.int().openapi({ description: "Up to here the archive is a witness; 0: not at all yet" }),
    resumed: z.object({ seq: z.int(), at: z.string() }).nullable().openapi({
      description:
        "The chain lost its memory and went on after this number: entries up to it that no anchor held then have no second witness",
    }),
    erased: z.int().openapi({ description: "Entries whose address and user agent were erased" }),
    keys: z
      .array(z.object({ key_id: z.string(), algorithm: z.literal("Ed25519"), public_key: z.string() }))
      .openapi({ description: "Public keys of the anchors, newest first: 32 bytes in base64" }),
  })
  .openapi("AuditVerdict");

export const verifyAuditLogsRoute = createRoute({
  method: "get",
  path: "/api/v2/audit-logs/verify",
  operationId: "verifyAuditLogs",
  tags: ["Audit"],
  summary: "Prove that nothing was changed since",
  description:
    "Recomputes every hash and compares it with the signed anchors and with the chain. At most 50,000 entries a request: go on at `next_from`.",
  security: [{ bearer: ["audit:read"] }],
  middleware: [requireScope("audit:read")] as const,
  request: {
    query: closedObject({
      from: NumberInput.optional().openapi({ description: "First `seq`; 1 by default" }),
      to: NumberInput.optional().openapi({ description: "Last `seq`; by default the head" }),
    }),
  },
  responses: {
    200: { description: "The verdict", content: { "application/json": { schema: AuditVerdict } } },
    ...COMMON_PROBLEMS,
  },
});

/** Nothing was looked at: to call that valid would be misread. */
function ensureReached(from: number, head: number): void {
  if (from === 1 || from <= head) return;
  const params = { fault: "audit.beyond" };
  throw new RequestInvalid(
    [{ code: "custom", path: ["from"], message: "beyond", params, input: from }],
    "query",
  );
}

/** A chain that is broken is told apart: somebody must look, whoever asked. */
async function logged(
  context: Context<AppEnv>,
  organisationId: string,
  verify: () => Promise<ChainVerdict>,
): Promise<ChainVerdict> {
  const { log } = context.get("isolate").services;
  const about = { organisation_id: organisationId };
  try {
    const verdict = await verify();
    const { fault, entries } = verdict;
    if (fault !== null) log.event("audit_chain_broken", { ...about, ...fault });
    log.event("audit_verified", { ...about, result: fault === null ? "intact" : "broken", entries });
    return verdict;
  } catch (error) {
    log.event("audit_verified", { ...about, result: "unavailable", error: errorKind(error) });
    throw error;
  }
}

export const verifyAuditLogs: RouteHandler<typeof verifyAuditLogsRoute, AppEnv> = async (context) => {
  const { from = 1, to } = context.req.valid("query");
  ensureOrder({ from, to });
  const { accounts, audit } = context.get("isolate").services;
  const signer = new KeyringSigner(accounts.keyring);
  const { organisationId } = context.get("principal");
  const deps = { chains: audit.chains, archive: audit.archive, log: audit.entries, signer };
  const chosen = { organisationId, from, to: to ?? null };
  const found = await logged(context, organisationId, async () => verifyChain(deps, chosen));
  if (found.fault === null) ensureReached(from, found.head.seq);
  const verdict = {
    valid: found.fault === null,
    entries: found.entries,
    checked_from: found.checkedFrom,
    checked_to: found.checkedTo,
    next_from: found.nextFrom,
    first_bad_index: found.fault?.seq ?? null,
    reason: found.fault?.reason ?? null,
    head: found.head,
    anchored_at: found.anchored.at,
    anchored_seq: found.anchored.seq,
    resumed: found.resumed,
    erased: found.erased,
    keys: await signer.publicKeys(),
  };
  return context.json(verdict, 200, PRIVATE_JSON);
};
