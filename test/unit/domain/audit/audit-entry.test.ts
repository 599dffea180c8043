import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { commitmentOf, entryHash, sealRecord } from "../../../../src/domain/audit/audit-entry.ts";
import { auditRecord } from "../../../../src/domain/audit/audit-record.ts";
import { buildRecord, NOW, ORGANISATION } from "./memory-chain.ts";

const SALT = "000102030405060708090a0b0c0d0e0f";
const PLACE = { organisationId: ORGANISATION, seq: 1, previousHash: "0".repeat(64), salt: SALT };

function commitment(text: string): string {
  return createHash("sha256").update(Buffer.from(SALT, "hex")).update(text).digest("hex");
}

test("the hash is SHA-256 of the published canonical text", async () => {
  const entry = await sealRecord(buildRecord("aud_1"), PLACE);
  expect(entry.address_commitment).toBe(commitment("192.0.2.7"));
  expect(entry.user_agent_commitment).toBe(commitment("curl/8"));
  const text =
    `{"action":"key.created","actor":{"id":"usr_1","kind":"user"},"address_commitment":"${commitment("192.0.2.7")}",` +
    `"at":"2026-11-20T09:00:00.000Z","details":{"scopes":2},"id":"aud_1","organisation_id":"org_1","outcome":"success",` +
    `"previous_hash":"${"0".repeat(64)}","request_id":"req_1","resource":{"id":"key_1","kind":"key"},"seq":1,` +
    `"user_agent_commitment":"${commitment("curl/8")}","v":1}`;
  expect(entry.hash).toBe(createHash("sha256").update(text).digest("hex"));
});

test("the order in which members were written does not matter", async () => {
  const entry = await sealRecord(
    buildRecord("aud_1", { details: { b: 1, a: "é", "\u{1f600}": null } }),
    PLACE,
  );
  const reversed = Object.fromEntries(Object.entries(entry).toReversed()) as typeof entry;
  expect(await entryHash(reversed)).toBe(entry.hash);
});

test("without address and user agent there is nothing to commit to, and no salt", async () => {
  const entry = await sealRecord(buildRecord("aud_1", { address: null, userAgent: null }), PLACE);
  expect(entry).toMatchObject({ salt: null, address_commitment: null, user_agent_commitment: null });
});

test("the same address has another commitment under another salt", async () => {
  expect(await commitmentOf(SALT, "192.0.2.7")).not.toBe(await commitmentOf("f".repeat(32), "192.0.2.7"));
});

test("text that Postgres would refuse does not stop an act", () => {
  const context = {
    origin: { address: null, userAgent: `a\ud800${"b".repeat(400)}`, requestId: null },
    now: NOW,
    newId: (prefix: string) => `${prefix}_1`,
  };
  const record = auditRecord(context, {
    organisationId: ORGANISATION,
    actor: { kind: "anonymous", id: null },
    action: "session.refused",
    resource: { kind: "session", id: "a\u0000b" },
    outcome: "failure",
    details: { reason: "half \udc00", count: 2 },
  });
  expect(record.userAgent).toHaveLength(300);
  expect(record).toMatchObject({
    resource: { id: "a\uFFFDb" },
    details: { reason: "half \uFFFD", count: 2 },
  });
  expect(JSON.stringify(record).isWellFormed() && !JSON.stringify(record).includes("\\ud8")).toBe(true);
});
