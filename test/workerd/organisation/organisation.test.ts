import { describe, expect, test } from "vitest";
import { Problem } from "../../../src/http/problem.ts";
import { mintMember, mintOrganisation, mintOwner } from "../../support/members.ts";
import { database, mintKey, mintWorld } from "../../support/world.ts";
import { auditOf } from "../two-factor/enrolled-person.ts";

const PATH = "/api/v2/organisation";

async function codeOf(response: Response): Promise<string> {
  return Problem.parse(await response.json()).code;
}

test("every member reads the organisation, whatever the role", async () => {
  const organisationId = await mintOrganisation("pro");
  for (const role of ["owner", "viewer", "auditor"] as const) {
    const member = await mintMember(organisationId, role);
    const response = await member.request("GET", PATH);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({
      id: organisationId,
      name: "test",
      plan: "pro",
      mfa_required: false,
      monthly_budget_euros: null,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      your_role: role,
    });
  }
});

describe("settings", () => {
  test("change one by one or together, and the audit names those that did", async () => {
    const owner = await mintOwner();
    const patch = async (body: object) => (await owner.request("PATCH", PATH, body)).json();
    expect(await patch({ monthly_budget_euros: 250.55 })).toMatchObject({
      monthly_budget_euros: 250.55,
      name: "test",
    });
    expect(await patch({ monthly_budget_euros: 0 })).toMatchObject({ monthly_budget_euros: 0 });
    expect(await patch({ name: "Reprises & Cie 🏭", monthly_budget_euros: null })).toMatchObject({
      name: "Reprises & Cie 🏭",
      monthly_budget_euros: null,
    });
    expect(await patch({ name: "Reprises & Cie 🏭" })).toMatchObject({ name: "Reprises & Cie 🏭" });
    expect(await (await owner.request("GET", PATH)).json()).toMatchObject({ name: "Reprises & Cie 🏭" });
    expect((await auditOf(owner.organisationId)).map(({ details }) => details)).toEqual([
      { changed: "monthly_budget_cents", monthly_budget_cents: 25_055 },
      { changed: "monthly_budget_cents", monthly_budget_cents: 0 },
      { changed: "name,monthly_budget_cents", monthly_budget_cents: null },
    ]);
  });

  test("that demand a second factor leave those without one nothing but enrolling", async () => {
    const owner = await mintOwner();
    const viewer = await mintMember(owner.organisationId, "viewer");
    expect((await owner.request("PATCH", PATH, { mfa_required: true })).status).toBe(200);
    for (const [method, path] of [
      ["GET", PATH],
      ["GET", `${PATH}/members`],
      ["DELETE", `${PATH}/members/${viewer.userId}`],
    ] as const) {
      const response = await viewer.request(method, path);
      expect([response.status, await codeOf(response)]).toEqual([403, "auth.mfa_enrolment_required"]);
    }
    expect((await viewer.request("POST", "/api/v2/auth/2fa/setup")).status).toBe(200);
  });

  test.each(["analyst", "viewer", "auditor"] as const)("are not for %ss", async (role) => {
    const member = await mintMember(await mintOrganisation(), role);
    const response = await member.request("PATCH", PATH, { name: "x" });
    expect([response.status, await codeOf(response)]).toEqual([403, "auth.scope_missing"]);
  });

  test.each([
    ["nothing", {}, "", /au moins/],
    ["an empty name", { name: " " }, "/name", /au moins/],
    ["a name of 201 characters", { name: "x".repeat(201) }, "/name", /200/],
    ["a name with a NUL", { name: "a\u0000b" }, "/name", /contrôle/],
    ["half a character", { name: "a\ud800" }, "/name", /mal formés/],
    ["a number as name", { name: 5 }, "/name", /guillemets/],
    ["a word as boolean", { mfa_required: "true" }, "/mfa_required", /true ou false/],
    ["null as boolean", { mfa_required: null }, "/mfa_required", /true ou false/],
    ["a negative budget", { monthly_budget_euros: -1 }, "/monthly_budget_euros", /0/],
    ["a budget over a million", { monthly_budget_euros: 1_000_000.01 }, "/monthly_budget_euros", /1000000/],
    ["a tenth of a cent", { monthly_budget_euros: 0.001 }, "/monthly_budget_euros", /décimales/],
    ["a budget as text", { monthly_budget_euros: "250" }, "/monthly_budget_euros", /nombre/],
    ["the plan", { plan: "admin" }, "/plan", /name/],
    ["a list", [], "", /objet/],
  ])("refuse %s, naming the field", async (_, body, pointer, words) => {
    const owner = await mintOwner();
    const response = await owner.request("PATCH", PATH, body);
    expect(response.status).toBe(400);
    const fault = Problem.parse(await response.json()).errors?.find((error) => error.pointer === pointer);
    expect(`${fault?.message} ${fault?.fix}`).toMatch(words);
  });
});

const CLOSED = [
  ["GET", PATH],
  ["PATCH", PATH],
  ["GET", `${PATH}/members`],
  ["PATCH", `${PATH}/members/usr_1`],
  ["DELETE", `${PATH}/members/usr_1`],
  ["POST", `${PATH}/invitations`],
  ["GET", `${PATH}/invitations`],
  ["DELETE", `${PATH}/invitations/inv_1`],
] as const;

test.each(CLOSED)(
  "%s %s is for people who signed in, not for a key with every scope",
  async (method, path) => {
    const world = await mintWorld();
    const key = await mintKey(world.organisationId, { scopes: ["members:write", "organisation:write"] });
    const body = method === "PATCH" || method === "POST" ? { body: "{}" } : {};
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const response = await world.request(path, { method, headers, ...body });
    expect([400, 403]).toContain(response.status);
    const plain = await world.request(path, {
      method,
      ...body,
      headers: { "content-type": "application/json" },
    });
    expect([plain.status, await codeOf(plain)]).toEqual([403, "auth.session_required"]);
    expect(
      await database().query("select 1 from invitations where organisation_id = $1", [world.organisationId]),
    ).toEqual([]);
  },
);
