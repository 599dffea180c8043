import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { provesHook } from "../../../src/auth/hook-proof.ts";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const SECRET = `whsec_${btoa("a secret of at least 24 bytes")}`;
const BODY = '{"type":"company.changed"}';

function signed(at = NOW, id = "msg_1"): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(at / 1_000),
    "webhook-signature": new Webhook(SECRET).sign(id, new Date(at), BODY),
  };
}

async function generic(headers: Record<string, string>, body = BODY): Promise<boolean> {
  return provesHook(
    { channel: "generic", secret: SECRET, now: NOW },
    { headers: new Headers(headers), body },
  );
}

describe("the generic channel", () => {
  test("believes what the npm package standardwebhooks signs, within five minutes", async () => {
    expect(await generic(signed())).toBe(true);
    expect(await generic(signed(NOW - 300_000))).toBe(true);
    expect(await generic(signed(NOW + 300_000))).toBe(true);
    expect(
      await generic({ ...signed(), "webhook-signature": `v1,AAAA ${signed()["webhook-signature"]}` }),
    ).toBe(true);
  });

  test.each([
    ["too old", signed(NOW - 301_000)],
    ["too far ahead", signed(NOW + 301_000)],
    ["another id", { ...signed(), "webhook-id": "msg_2" }],
    ["another time", { ...signed(), "webhook-timestamp": String(NOW / 1_000 - 1) }],
    ["no signature", { "webhook-id": "msg_1", "webhook-timestamp": String(NOW / 1_000) }],
    ["no id", { ...signed(), "webhook-id": "" }],
    ["a time that is none", { ...signed(), "webhook-timestamp": "1e9" }],
    [
      "another version",
      { ...signed(), "webhook-signature": signed()["webhook-signature"]?.replace("v1", "v2") ?? "" },
    ],
    ["signatures without end", { ...signed(), "webhook-signature": "v1,AAAA ".repeat(1_000) }],
    ["the secret itself", { authorization: `Bearer ${SECRET}` }],
  ])("refuses %s", async (_, headers) => {
    expect(await generic(headers)).toBe(false);
  });

  test("refuses a body that was changed", async () => {
    expect(await generic(signed(), `${BODY} `)).toBe(false);
  });
});

describe("the channel of Pappers", () => {
  const secret = "a-token-of-24-characters-or-more";
  const asked = { channel: "pappers", secret, now: NOW } as const;
  const proves = async (headers: Record<string, string>) =>
    provesHook(asked, { headers: new Headers(headers), body: BODY });

  test.each([
    ["a bearer token", { authorization: `Bearer ${secret}` }],
    ["its scheme in lower case", { authorization: `bearer ${secret}` }],
    ["a header of its own", { "x-hook-token": secret }],
    ["the password of an address", { authorization: `Basic ${btoa(`pappers:${secret}`)}` }],
    ["a password without a user", { authorization: `Basic ${btoa(`:${secret}`)}` }],
  ])("believes the token as %s", async (_, headers) => {
    expect(await proves(headers)).toBe(true);
  });

  test.each([
    ["nothing", {}],
    ["another token", { "x-hook-token": `${secret}x` }],
    ["a part of it", { authorization: `Bearer ${secret.slice(0, -1)}` }],
    ["the token as a user", { authorization: `Basic ${btoa(`${secret}:`)}` }],
    ["no base64", { authorization: "Basic ***" }],
    ["another scheme", { authorization: `Digest ${secret}` }],
  ])("refuses %s", async (_, headers) => {
    expect(await proves(headers)).toBe(false);
  });
});
