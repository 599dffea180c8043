import { describe, expect, test } from "vitest";
import { Problem } from "../../../src/http/problem.ts";
import { call, mintEmail, registerPerson, signIn } from "../../support/accounts.ts";
import { mintAddress, send } from "../../support/world.ts";

const GOOD = {
  organisation: "Atelier",
  name: "Marie Petit",
  email: "marie@example.test",
  password: "girafe tambour lessive",
};

/** Routes with a body, and one that fits each. */
const ROUTES = {
  "/auth/register": GOOD,
  "/auth/login": { email: GOOD.email, password: GOOD.password },
  "/auth/refresh": { refresh_token: "mai_rt_x" },
  "/auth/password": { current_password: GOOD.password, new_password: "bouée cactus moutarde" },
};
type Route = keyof typeof ROUTES;

async function tokenFor(path: Route): Promise<{ token?: string }> {
  if (path !== "/auth/password") return {};
  return { token: (await signIn(await registerPerson())).access_token };
}

async function problemOf(response: Response, status: number): Promise<Problem> {
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  const text = await response.text();
  expect(text).not.toContain(GOOD.password);
  return Problem.parse(JSON.parse(text));
}

function wording(problem: Problem, pointer: string): string {
  const fault = problem.errors?.find((error) => error.pointer === pointer);
  expect(fault, `a fault at ${pointer} in ${JSON.stringify(problem.errors)}`).toBeDefined();
  return `${fault?.message} ${fault?.fix}`;
}

describe("registration names each field that does not fit, and its fix", () => {
  test.each([
    ["no organisation", { organisation: undefined }, "/organisation", /texte/],
    ["an empty organisation", { organisation: "   " }, "/organisation", /au moins/],
    ["a name of 201 characters", { name: "n".repeat(201) }, "/name", /200/],
    ["a name with a control character", { name: "Marie\u0000" }, "/name", /contrôle/],
    ["a name that is half a character", { name: "Marie\ud800" }, "/name", /mal formés/],
    ["a number for a name", { name: 7 }, "/name", /guillemets/],
    ["null for an address", { email: null }, "/email", /guillemets/],
    ["an address without @", { email: "marie.example" }, "/email", /adresse e-mail/],
    [
      "an address with a line break",
      { email: "marie@example.test\r\nBcc: x@y.z" },
      "/email",
      /adresse e-mail/,
    ],
    ["an address of 300 characters", { email: `${"m".repeat(290)}@x.fr` }, "/email", /254/],
    ["two addresses", { email: ["a@b.fr", "c@d.fr"] }, "/email", /guillemets/],
    ["a password of 11 characters", { password: "abcdefghijk" }, "/password", /12/],
    ["a password of 5,000 bytes", { password: "x y".repeat(1_700) }, "/password", /4096/],
    ["half a character in a password", { password: "phare agrafe \ud800 lundi" }, "/password", /mal formés/],
    ["a common password", { password: "motdepasse2026" }, "/password", /devinés.*mots/],
    ["the address as a password", { password: "marie@example.test" }, "/password", /Retirez/],
    ["an unknown member", { plan: "admin" }, "/plan", /name/],
    ["a misspelt member", { organization: "x" }, "/organization", /« organisation »/],
    ["a role", { role: "owner" }, "/role", /Champs possibles/],
    ["a prototype", { __proto__: undefined, constructor: 1 }, "/constructor", /Champ inconnu/],
  ])("%s", async (_, change, pointer, words) => {
    const problem = await problemOf(
      await call("POST", "/auth/register", { body: { ...GOOD, ...change } }),
      400,
    );
    expect(problem.code).toBe("request.invalid");
    expect(wording(problem, pointer)).toMatch(words);
  });

  test("all at once, not only the first", async () => {
    const body = { organisation: "", name: 7, email: "x", password: "short", plan: "pro" };
    const problem = await problemOf(await call("POST", "/auth/register", { body }), 400);
    const pointers = problem.errors?.map(({ pointer }) => pointer);
    expect(pointers?.toSorted()).toEqual(["/email", "/name", "/organisation", "/password", "/plan"]);
  });

  test("in English on request", async () => {
    const body = { ...GOOD, password: "password1234" };
    const headers = { "accept-language": "en" };
    const problem = await problemOf(await call("POST", "/auth/register", { body, headers }), 400);
    expect(wording(problem, "/password")).toMatch(/guessed first.*unrelated words/);
  });
});

describe("so do the other routes", () => {
  test.each<[string, Route, object, string, RegExp]>([
    ["sign-in without a password", "/auth/login", { password: undefined }, "/password", /texte/],
    ["sign-in with an empty password", "/auth/login", { password: "" }, "/password", /au moins/],
    [
      "sign-in with a password of 5,000 bytes",
      "/auth/login",
      { password: "x".repeat(5_000) },
      "/password",
      /4096/,
    ],
    ["sign-in with a misspelt member", "/auth/login", { pasword: "x" }, "/pasword", /« password »/],
    ["sign-in into a number", "/auth/login", { organisation_id: 7 }, "/organisation_id", /guillemets/],
    ["a refresh without a token", "/auth/refresh", { refresh_token: undefined }, "/refresh_token", /texte/],
    [
      "a refresh with an endless token",
      "/auth/refresh",
      { refresh_token: "x".repeat(201) },
      "/refresh_token",
      /200/,
    ],
    [
      "a refresh with an access token too",
      "/auth/refresh",
      { access_token: "x" },
      "/access_token",
      /possibles : refresh_token/,
    ],
    [
      "a new password that is common",
      "/auth/password",
      { new_password: "azertyuiop2026" },
      "/new_password",
      /devinés/,
    ],
    ["a new password that is short", "/auth/password", { new_password: "court" }, "/new_password", /12/],
    ["no current password", "/auth/password", { current_password: undefined }, "/current_password", /texte/],
    [
      "a member that is none",
      "/auth/password",
      { password: "x" },
      "/password",
      /possibles : current_password/,
    ],
  ])("%s", async (_, path, change, pointer, words) => {
    const body = { ...ROUTES[path], ...change };
    const problem = await problemOf(await call("POST", path, { body, ...(await tokenFor(path)) }), 400);
    expect(wording(problem, pointer)).toMatch(words);
  });

  test.each([
    ["?limit=0", "/limit"],
    ["?limit=101", "/limit"],
    ["?limit=x", "/limit"],
    ["?cursor=x", "/cursor"],
    ["?cursr=x", "/cursr"],
  ])("a list of sessions with %s", async (query, pointer) => {
    const { access_token: token } = await signIn(await registerPerson());
    const problem = await problemOf(await call("GET", `/auth/sessions${query}`, { token }), 400);
    expect(problem.errors?.[0]).toMatchObject({ in: "query", pointer });
  });

  test.each(["x", "ses_", "ses_%00", "ses_A", `ses_${"a".repeat(100)}`, "usr_1"])(
    "session %s to end",
    async (id) => {
      const { access_token: token } = await signIn(await registerPerson());
      const problem = await problemOf(await call("DELETE", `/auth/sessions/${id}`, { token }), 404);
      expect(problem.code).toBe("resource.not_found");
    },
  );
});

const JSON_TYPE = { "content-type": "application/json" };

describe.each(Object.keys(ROUTES) as Route[])("%s", (path) => {
  test.each([
    ["not JSON", { body: "{email:", headers: JSON_TYPE }, 400, "request.malformed_json"],
    ["nothing", { body: "", headers: JSON_TYPE }, 400, "request.malformed_json"],
    [
      "a form",
      { body: "email=a", headers: { "content-type": "application/x-www-form-urlencoded" } },
      415,
      "request.unsupported_media_type",
    ],
    ["no type", { body: new Blob(["{}"]) }, 415, "request.unsupported_media_type"],
    [
      "something compressed",
      { body: new Uint8Array([31, 139]), headers: { ...JSON_TYPE, "content-encoding": "gzip" } },
      415,
      "request.unsupported_media_type",
    ],
    [
      "1 MB",
      { body: JSON.stringify({ email: "x".repeat(1_048_576) }), headers: JSON_TYPE },
      413,
      "request.too_large",
    ],
    ["a list", { body: "[]", headers: JSON_TYPE }, 400, "request.invalid"],
    ["null", { body: "null", headers: JSON_TYPE }, 400, "request.invalid"],
    ["a text", { body: '"x"', headers: JSON_TYPE }, 400, "request.invalid"],
    ["an empty object", { body: "{}", headers: JSON_TYPE }, 400, "request.invalid"],
  ])("refuses %s", async (_, init, status, code) => {
    const { token } = await tokenFor(path);
    const headers = new Headers({
      "cf-connecting-ip": mintAddress(),
      ...("headers" in init ? init.headers : {}),
    });
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    const request = new Request(`https://api.test/api/v2${path}`, {
      method: "POST",
      body: init.body,
      headers,
    });
    expect((await problemOf(await send(request), status)).code).toBe(code);
  });
});

test("a name and an address that look like SQL or a script are only text", async () => {
  const email = mintEmail();
  const organisation = `'); drop table users; -- <script>alert(1)</script>`;
  const body = { ...GOOD, email, organisation, name: "Robert'); --" };
  const response = await call("POST", "/auth/register", { body });
  expect(response.status).toBe(201);
  expect(await response.json()).toMatchObject({ organisation: { name: organisation } });
});
