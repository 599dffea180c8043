import { sign } from "hono/utils/jwt/jwt";
import { describe, expect, test } from "vitest";
import { SignedTokens } from "../../../src/auth/account-tokens.ts";
import type { DataKey } from "../../../src/domain/accounts/keyring.ts";
import { base64url } from "../../../src/lib/base64url.ts";
import { memoryKeyring } from "../../support/memory-data-keys.ts";

const PERSON = { userId: "usr_1", sessionId: "ses_1", organisationId: "org_1" };

function encode(part: object): string {
  return base64url(new TextEncoder().encode(JSON.stringify(part)));
}

function jwk({ id, bytes }: DataKey, alg = "HS256") {
  return { kty: "oct", k: base64url(bytes), alg, kid: id };
}

async function world() {
  const { keyring, clock } = memoryKeyring();
  const tokens = new SignedTokens(keyring);
  const { accessToken, expiresIn } = await tokens.issueAccessToken(PERSON, clock.now);
  const [header = "", payload = "", signature = ""] = accessToken.split(".");
  const read = async (token: string) => tokens.readAccessToken(token, clock.now);
  const claims: object = JSON.parse(atob(payload));
  return { keyring, clock, tokens, accessToken, expiresIn, header, payload, signature, claims, read };
}

test("an access token names its key, lives 15 minutes and says whose it is", async () => {
  const { keyring, clock, accessToken, expiresIn, header, claims, read } = await world();
  expect(expiresIn).toBe(900);
  expect(JSON.parse(atob(header))).toEqual({
    alg: "HS256",
    typ: "JWT",
    kid: (await keyring.current("jwt")).id,
  });
  expect(Object.keys(claims).sort()).toEqual(["aud", "exp", "iat", "iss", "org", "sid", "sub"]);
  expect(await read(accessToken)).toEqual({ ...PERSON, expiresAt: clock.now + 900_000 });
});

test("it is over to the second", async () => {
  const { clock, accessToken, read } = await world();
  clock.now += 899_999;
  expect(await read(accessToken)).not.toBeNull();
  clock.now += 1;
  expect(await read(accessToken)).toBeNull();
});

describe("no other text passes for one", () => {
  test("one without a signature (alg none)", async () => {
    const { payload, header, read } = await world();
    const { kid } = JSON.parse(atob(header));
    for (const alg of ["none", "None", "NONE"]) {
      expect(await read(`${encode({ alg, typ: "JWT", kid })}.${payload}.`)).toBeNull();
    }
  });

  test("one signed with another key under the name of ours", async () => {
    const { keyring, claims, read } = await world();
    const key = await keyring.current("jwt");
    const forged = { ...key, bytes: new Uint8Array(32) };
    expect(await read(await sign({ ...claims }, jwk(forged)))).toBeNull();
    expect(await read(await sign({ ...claims }, jwk(key)))).not.toBeNull();
  });

  test("one signed with a key of ours that is for something else", async () => {
    const { keyring, claims, read } = await world();
    for (const purpose of ["secrets", "commitments", "audit", "links"] as const) {
      expect(await read(await sign({ ...claims }, jwk(await keyring.current(purpose))))).toBeNull();
    }
  });

  test("one signed with our key by another algorithm", async () => {
    const { keyring, claims, read } = await world();
    expect(await read(await sign({ ...claims }, jwk(await keyring.current("jwt"), "HS512")))).toBeNull();
  });

  test("one of another issuer, without an end, without a person or a session", async () => {
    const { keyring, claims, read } = await world();
    const key = jwk(await keyring.current("jwt"));
    const changes: Record<string, unknown>[] = [
      { iss: "else" },
      { exp: undefined },
      { sub: undefined },
      { sid: 7 },
      { aud: ["ma-api"] },
    ];
    for (const change of changes) {
      expect(await read(await sign({ ...claims, ...change }, key))).toBeNull();
    }
  });

  test("one that lives longer than ours, or that was made in the future", async () => {
    const { keyring, clock, claims, read } = await world();
    const key = jwk(await keyring.current("jwt"));
    const now = clock.now / 1_000;
    const forge = async (iat: number, exp: number) => read(await sign({ ...claims, iat, exp }, key));
    expect(await forge(now, now + 901)).toBeNull();
    expect(await forge(now - 86_400, now + 1)).toBeNull();
    expect(await forge(now + 61, now + 900)).toBeNull();
    expect(await forge(now + 60, now + 960)).not.toBeNull();
  });

  test("one whose payload was changed by one bit", async () => {
    const { header, payload, signature, read } = await world();
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    for (let bit = 0; bit < bytes.length * 8; bit += 13) {
      const changed = bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(await read(`${header}.${base64url(changed)}.${signature}`)).toBeNull();
    }
  });

  test("one with an unknown, a missing or a wrong key id", async () => {
    const { payload, signature, read } = await world();
    for (const kid of ["dk_unknown", "", 7, null, { a: 1 }, "x".repeat(500)]) {
      expect(await read(`${encode({ alg: "HS256", typ: "JWT", kid })}.${payload}.${signature}`)).toBeNull();
    }
  });

  test.each([
    "",
    ".",
    "..",
    "...",
    "a.b.c",
    "é.é.é",
    "%.%.%",
    "x".repeat(100_000),
    `${"a".repeat(3_000)}.b.c`,
  ])("%.20s", async (text) => {
    expect(await (await world()).read(text)).toBeNull();
  });
});

describe("the token between password and second factor", () => {
  test("says who proved which password, for five minutes", async () => {
    const { tokens, clock } = await world();
    const claims = {
      userId: "usr_1",
      organisationId: "org_1",
      passwordChangedAt: "2026-01-02T03:04:05.678Z",
    };
    const token = await tokens.issueMfaToken(claims, clock.now);
    expect(await tokens.readMfaToken(token, clock.now + 299_999)).toEqual(claims);
    expect(await tokens.readMfaToken(token, clock.now + 300_000)).toBeNull();
  });

  test("opens nothing, nor does an access token pass for it", async () => {
    const { tokens, clock, accessToken, read } = await world();
    const claims = { userId: "usr_1", organisationId: "org_1", passwordChangedAt: null };
    expect(await read(await tokens.issueMfaToken(claims, clock.now))).toBeNull();
    expect(await tokens.readMfaToken(accessToken, clock.now)).toBeNull();
  });
});
