import { describe, expect, test } from "vitest";
import { Problem } from "../../../src/http/problem.ts";
import { call } from "../../support/accounts.ts";
import { mintMember, mintOrganisation, mintOwner } from "../../support/members.ts";
import { mintWorld, send } from "../../support/world.ts";

async function faultAt(response: Response, pointer: string): Promise<string> {
  expect(response.status).toBe(400);
  const problem = Problem.parse(await response.json());
  expect(problem.code).toBe("request.invalid");
  const fault = problem.errors?.find((error) => error.pointer === pointer);
  return `${fault?.message} ${fault?.fix}`;
}

describe("a code that can't be one gets a 400 naming it, and counts as no attempt", () => {
  test.each([
    ["5 digits", "12345", /6 chiffres/],
    ["7 digits", "1234567", /6 chiffres/],
    ["nothing", "", /6 chiffres/],
    ["letters", "12345a", /0 à 9/],
    ["full-width digits", "１２３４５６", /0 à 9/],
    ["a sign", "-12345", /0 à 9/],
    ["an emoji", "12345🔑", /0 à 9/],
    ["a NUL", "12345\u0000", /0 à 9/],
    ["10,000 digits", "1".repeat(1_000), /6 chiffres/],
    ["a number", 123456, /guillemets/],
    ["null", null, /guillemets/],
    ["a list", ["123456"], /guillemets/],
  ])("%s", async (_, code, words) => {
    const owner = await mintOwner();
    for (const path of ["verify", "disable"]) {
      const body = path === "verify" ? { code } : { password: "correct horse battery", code };
      expect(await faultAt(await owner.request("POST", `/api/v2/auth/2fa/${path}`, body), "/code")).toMatch(
        words,
      );
    }
    expect(
      await faultAt(await owner.request("POST", "/api/v2/auth/backup-codes", { code }), "/code"),
    ).toMatch(words);
    const challenged = await call("POST", "/auth/2fa/challenge", { body: { mfa_token: "x", code } });
    expect(await faultAt(challenged, "/code")).toMatch(words);
  });
});

describe("the challenge", () => {
  test.each([
    ["no proof", { mfa_token: "x" }, "", /un seul/],
    ["both proofs", { mfa_token: "x", code: "123456", backup_code: "7k2pq-x04mz" }, "", /un seul/],
    ["no token", { code: "123456" }, "/mfa_token", /guillemets/],
    ["an empty token", { mfa_token: "", code: "123456" }, "/mfa_token", /au moins/],
    ["a token of 3,000 characters", { mfa_token: "x".repeat(3_000), code: "123456" }, "/mfa_token", /2048/],
    ["a short backup code", { mfa_token: "x", backup_code: "7k2pq" }, "/backup_code", /code de secours/],
    ["a member it does not know", { mfa_token: "x", code: "123456", cod: 1 }, "/cod", /« code »/],
    ["a list", [], "", /objet/],
  ])("with %s is a 400", async (_, body, pointer, words) => {
    expect(await faultAt(await call("POST", "/auth/2fa/challenge", { body }), pointer)).toMatch(words);
  });

  test("takes JSON of a reasonable size only", async () => {
    const url = "https://api.test/api/v2/auth/2fa/challenge";
    const headers = { "cf-connecting-ip": "198.51.100.7", "content-type": "application/json" };
    const post = async (body: string, type = "application/json") =>
      send(new Request(url, { method: "POST", body, headers: { ...headers, "content-type": type } }));
    expect((await post("{")).status).toBe(400);
    expect((await post("code=123456", "application/x-www-form-urlencoded")).status).toBe(415);
    expect((await post(`{"code":"${"1".repeat(9_000)}"}`)).status).toBe(413);
  });

  test("names the field in English when asked", async () => {
    const headers = { "accept-language": "en" };
    const body = { mfa_token: "x", code: "12" };
    const response = await call("POST", "/auth/2fa/challenge", { body, headers });
    expect(await faultAt(response, "/code")).toMatch(/exactly 6 digits/);
  });
});

test("a parameter that no route takes is refused", async () => {
  const owner = await mintOwner();
  expect(await faultAt(await owner.request("GET", "/api/v2/auth/2fa?x=1"), "/x")).toMatch(/aucun paramètre/);
  expect(await faultAt(await owner.request("POST", "/api/v2/auth/2fa/setup?x=1"), "/x")).toMatch(/aucun/);
});

const OWN_ROUTES = [
  ["GET", "/api/v2/auth/2fa"],
  ["POST", "/api/v2/auth/2fa/setup"],
  ["POST", "/api/v2/auth/2fa/verify"],
  ["POST", "/api/v2/auth/2fa/disable"],
  ["POST", "/api/v2/auth/backup-codes"],
] as const;

test.each(OWN_ROUTES)("%s %s is for people, whatever their role, and for no key", async (method, path) => {
  const world = await mintWorld();
  const withKey = await world.request(path, { method });
  expect(Problem.parse(await withKey.json()).code).toBe("auth.session_required");
  const without = await call(method, path.replace("/api/v2", ""));
  expect(without.status).toBe(401);
  const viewer = await mintMember(await mintOrganisation(), "viewer");
  const response = await viewer.request(method, path, method === "GET" ? undefined : {});
  expect([200, 400]).toContain(response.status);
});
