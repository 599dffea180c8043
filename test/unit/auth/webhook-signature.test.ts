import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test, vi } from "vitest";
import { newWebhookSecret, signWebhook, verifyWebhook } from "../../../src/auth/webhook-signature.ts";

const VECTOR = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  content: {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
  },
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

describe("Standard Webhooks 1.0.0", () => {
  test("the published vector", async () => {
    const { content, secret, signature } = VECTOR;
    expect(await signWebhook(content, [secret])).toBe(signature);
    const now = content.timestamp * 1_000;
    expect(await verifyWebhook({ ...content, signature }, secret, now)).toBe(true);
  });

  test("a new secret is `whsec_` and 32 random bytes, never the same", () => {
    const secrets = Array.from({ length: 50 }, () => newWebhookSecret());
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) {
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(atob(secret.slice("whsec_".length))).toHaveLength(32);
    }
  });

  test("the reference library takes what we sign, and we take what it signs", async () => {
    const text = fc.string({ unit: "binary" }).filter((body) => body.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^evt_[0-9a-z]{1,30}$/), text, async (id, body) => {
        const secret = newWebhookSecret();
        const timestamp = Math.floor(Date.now() / 1_000);
        const signature = await signWebhook({ id, timestamp, body }, [secret]);
        const theirs = new Webhook(secret);
        expect(theirs.sign(id, new Date(timestamp * 1_000), body)).toBe(signature);
        const headers = {
          "webhook-id": id,
          "webhook-timestamp": String(timestamp),
          "webhook-signature": signature,
        };
        expect(() => theirs.verify(body, headers, { jsonParse: false })).not.toThrow();
        expect(await verifyWebhook({ id, timestamp, body, signature }, secret, timestamp * 1_000)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test("during a rotation either secret verifies, and a third does not", async () => {
    const secrets = [newWebhookSecret(), newWebhookSecret()];
    const content = { id: "evt_1", timestamp: 1_000, body: "{}" };
    const signature = await signWebhook(content, secrets);
    expect(signature.split(" ")).toHaveLength(2);
    for (const secret of secrets) {
      expect(await verifyWebhook({ ...content, signature }, secret, 1_000_000)).toBe(true);
    }
    expect(await verifyWebhook({ ...content, signature }, newWebhookSecret(), 1_000_000)).toBe(false);
  });

  test.each([
    ["another body", { body: '{"test": 2432232315}' }],
    ["another id", { id: "msg_other" }],
    ["another moment", { timestamp: VECTOR.content.timestamp + 1 }],
    ["no signature", { signature: "" }],
    ["another version", { signature: VECTOR.signature.replace("v1,", "v1a,") }],
    ["a signature that is no base64", { signature: "v1,***" }],
    ["a cut signature", { signature: VECTOR.signature.slice(0, -6) }],
    ["no moment", { timestamp: Number.NaN }],
  ])("%s is refused", async (_, change) => {
    const { content, secret, signature } = VECTOR;
    const now = content.timestamp * 1_000;
    expect(await verifyWebhook({ ...content, signature, ...change }, secret, now)).toBe(false);
  });

  test("among others that are none of ours one that fits is enough, if it is among the first five", async () => {
    const { content, secret, signature } = VECTOR;
    const now = content.timestamp * 1_000;
    const takes = async (all: string[]) =>
      verifyWebhook({ ...content, signature: all.join(" ") }, secret, now);
    const noise = ["v1,", "v1,AAAA", "v1a,AAAA", `v1,${btoa("x".repeat(32))}`];
    expect(await takes([...noise, signature])).toBe(true);
    expect(await takes([...noise, "v1,", signature])).toBe(false);
  });

  test("the body is read once for signatures that could fit, and never for those that can't", async () => {
    const { content, secret } = VECTOR;
    const now = content.timestamp * 1_000;
    const encode = vi.spyOn(TextEncoder.prototype, "encode");
    const verify = vi.spyOn(crypto.subtle, "verify");
    const short = Array.from({ length: 125 }, () => "v1,").join(" ");
    expect(await verifyWebhook({ ...content, signature: short }, secret, now)).toBe(false);
    expect([encode.mock.calls.length, verify.mock.calls.length]).toEqual([0, 0]);
    const wrong = Array.from({ length: 10 }, () => `v1,${btoa("x".repeat(32))}`).join(" ");
    expect(await verifyWebhook({ ...content, signature: wrong }, secret, now)).toBe(false);
    expect([encode.mock.calls.length, verify.mock.calls.length]).toEqual([1, 5]);
    vi.restoreAllMocks();
  });

  test("five minutes of tolerance, either way, and not a second more", async () => {
    const { content, secret, signature } = VECTOR;
    const at = (seconds: number) => (content.timestamp + seconds) * 1_000;
    const takes = async (now: number) => verifyWebhook({ ...content, signature }, secret, now);
    expect([await takes(at(300)), await takes(at(-300))]).toEqual([true, true]);
    expect([await takes(at(301)), await takes(at(-301))]).toEqual([false, false]);
  });
});
