import { describe, expect, test } from "vitest";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import { KASPR_KEY, SandboxClient, type Json } from "./sandbox-client.ts";

const client = new SandboxClient(createSandbox());
const ASK = { name: "Marie Petit", dataToGet: ["workEmail", "phone"] };

async function profile(body: object): Promise<Json> {
  const answer: Json = await (await client.profile(body)).json();
  return answer.profile;
}

describe("headers", () => {
  test.each([
    [{ "accept-version": "v2.0" }, 401],
    [{ Authorization: "Bearer bad-key", "accept-version": "v2.0" }, 401],
    [{ Authorization: "test-key", "accept-version": "v2.0" }, 401],
    [{ Authorization: "Bearer k" }, 400],
    [{ Authorization: "Bearer k", "accept-version": "v2.0" }, 200],
  ])("%j answers %i", async (headers, status) => {
    const response = await client.profile({ id: "michel-durand-1a2b3c", ...ASK }, headers);
    expect(response.status).toBe(status);
  });
});

describe("/profile/linkedin", () => {
  test("the documented profile", async () => {
    const response = await client.profile({
      id: "michel-durand-1a2b3c",
      name: "Michel Durand",
      dataToGet: ["workEmail", "phone"],
    });
    expect(((await response.json()) as Json).profile).toEqual({
      id: "michel-durand-1a2b3c",
      name: "Michel Durand",
      firstName: "Michel",
      lastName: "Durand",
      title: "Président",
      location: "Lyon, Auvergne-Rhône-Alpes, France",
      professionalEmails: ["m.durand@ateliers-durand.example"],
      starryProfessionalEmail: "m.durand@ateliers-durand.example",
      personalEmails: [],
      starryPersonalEmail: null,
      phones: ["+33 6 12 34 56 78"],
      starryPhone: "+33 6 12 34 56 78",
      company: {
        name: "ATELIERS DURAND",
        domains: ["ateliers-durand.example"],
        industryName: "Machinery",
        industries: ["Machinery"],
      },
    });
  });

  test("what was not asked for comes masked, and free", async () => {
    const fresh = new SandboxClient(createSandbox());
    const free: Json = await (
      await fresh.profile({ id: "michel-durand-1a2b3c", name: "Michel Durand", dataToGet: [] })
    ).json();
    expect(free.profile).toMatchObject({
      professionalEmails: [],
      starryProfessionalEmail: "m***@ateliers-durand.example",
      phones: [],
      starryPhone: "+336****5678",
    });
    const credits: Json = await fresh.json("/kaspr/keys/remainingCredits", KASPR_KEY);
    expect(new Set(Object.values(credits))).toEqual(new Set([100_000]));
  });

  test("each obtained field costs its pool, each successful call one export", async () => {
    const fresh = new SandboxClient(createSandbox());
    const response = await fresh.profile({ id: "michel-durand-1a2b3c", ...ASK });
    expect(response.headers.get("Remaining-Work-Email-Credits")).toBe("99999");
    expect(response.headers.get("Remaining-Direct-Email-Credits")).toBe("100000");
    expect(response.headers.get("Remaining-Phone-Credits")).toBe("99999");
    expect(response.headers.get("Remaining-Export-Credits")).toBe("99999");
    const unlimited = await fresh.profile(
      { id: "michel-durand-1a2b3c", ...ASK },
      { Authorization: "Bearer unlimited", "accept-version": "v2.0" },
    );
    expect(unlimited.headers.get("Remaining-Phone-Credits")).toBe("-1");
  });

  test.each([
    ["a URL as id", { id: "https://www.linkedin.com/in/marie-petit", ...ASK }, 500],
    ["an unknown datum", { id: "marie-petit", name: "Marie Petit", dataToGet: ["directEmail"] }, 500],
    ["no name", { id: "marie-petit", dataToGet: [] }, 400],
    ["an unknown profile", { id: "not-found", ...ASK }, 404],
    ["a phone from an empty pool", { id: "no-phone", ...ASK }, 402],
    ["the same without the phone", { id: "no-phone", name: "Marie Petit", dataToGet: ["workEmail"] }, 200],
    ["a company nobody has", { id: "marie-petit-999000003", ...ASK }, 404],
  ])("%s", async (_, body, status) => {
    expect((await client.profile(body)).status).toBe(status);
  });

  test("no credits left: 200 without a profile", async () => {
    const response = await client.profile({ id: "no-credits", ...ASK });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ message: "No credits left" });
    const byKey = await client.profile(
      { id: "michel-durand-1a2b3c", ...ASK },
      { Authorization: "Bearer no-credits", "accept-version": "v2.0" },
    );
    expect(await byKey.json()).toEqual({ message: "No credits left" });
    expect(byKey.headers.get("Remaining-Phone-Credits")).toBe("0");
  });

  test("not JSON at all is a 400", async () => {
    const response = await client.app.request("/kaspr/profile/linkedin", {
      method: "POST",
      headers: KASPR_KEY,
      body: "{",
    });
    expect(response.status).toBe(400);
  });

  test("required data that is not there: no profile, no charge", async () => {
    const body = { id: "michel-durand-1a2b3c", ...ASK, requiredData: ["personalEmail"] };
    expect(await (await client.profile(body)).json()).toEqual({ message: "Required data not found" });
  });

  test("a slug that holds a SIREN works there, under the role the registers give", async () => {
    const siren = "810000042";
    const { representants }: Json = await (await client.entreprise(siren)).json();
    const person = representants.find((one: Json) => !one.personne_morale);
    const contact = await profile({
      id: `quelqu-un-${siren}`,
      name: person.nom_complet,
      dataToGet: [],
    });
    expect(contact.title).toBe((person.qualites ?? [person.qualite])[0]);
    expect(contact.company.name).toBe((await client.found(siren)).nom_complet);
  });

  test("over many slugs: some unknown, some without phone, some withheld, every contact fictional", async () => {
    const slugs = Array.from({ length: 300 }, (_, index) => `marie-petit-${index}`);
    const answers = await Promise.all(slugs.map((id) => client.profile({ id, ...ASK })));
    const known: Json[] = await Promise.all(
      answers.filter(({ status }) => status === 200).map(async (response) => (await response.json()) as Json),
    );
    const profiles = known.map(({ profile }) => profile);
    const withheld = profiles.filter(
      (one) => one.professionalEmails.length === 0 && one.starryProfessionalEmail,
    );
    expect(slugs.length - known.length).toBeGreaterThan(8);
    expect(profiles.filter((one) => one.phones.length === 0).length).toBeGreaterThan(8);
    expect(withheld.length).toBeGreaterThan(8);
    for (const one of withheld) expect(one.starryProfessionalEmail).toContain("*");
    for (const phone of profiles.flatMap((one) => one.phones)) {
      expect(phone).toMatch(/^\+33 6 39 98 \d\d \d\d$/);
    }
    for (const email of profiles.flatMap((one) => one.professionalEmails)) {
      expect(email).toMatch(/^[a-z.]+@[a-z0-9-]+\.example$/);
    }
  });
});

test("key routes", async () => {
  expect((await client.get("/kaspr/keys/verifyKey", KASPR_KEY)).status).toBe(200);
  expect((await client.get("/kaspr/keys/verifyKey")).status).toBe(401);
  expect(await client.json("/kaspr/keys/rateLimits", KASPR_KEY)).toEqual({
    dailyLimit: 500,
    hourlyLimit: 500,
    minutelyLimit: 60,
  });
  expect((await client.get("/kaspr/nope", KASPR_KEY)).status).toBe(404);
});
