import { describe, expect, test } from "vitest";
import { Problem } from "../../../src/http/problem.ts";
import { mintWorld, send } from "../../support/world.ts";

const ENRICH = "/api/v2/scraping/enrich";
const JSON_TYPE = { "content-type": "application/json" };

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  expect(response.headers.get("x-request-id")).toBeTruthy();
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.type).toContain(problem.code);
  return problem;
}

describe("a body that does not fit gets a 400 naming the field and the fix", () => {
  test.each([
    ["letters", { siren: "55203253A" }, "/siren", /chiffres/],
    ["8 digits", { siren: "55203253" }, "/siren", /zéros de tête/],
    ["10 digits", { siren: "5520325340" }, "/siren", /9 chiffres/],
    ["a wrong check digit", { siren: "552032535" }, "/siren", /Luhn/],
    ["nine zeros", { siren: "000000000" }, "/siren", /personne/],
    ["an empty SIREN", { siren: "" }, "/siren", /chiffres/],
    ["a number instead of text", { siren: 552032534 }, "/siren", /guillemets/],
    ["null", { siren: null }, "/siren", /guillemets/],
    ["a SIRET of 13 digits", { siret: "5520325340001" }, "/siret", /14 chiffres/],
    ["a SIRET on a false SIREN", { siret: "55203253500017" }, "/siret", /SIREN valide/],
    ["no identifier", {}, "", /siren/],
    ["both identifiers", { siren: "552032534", siret: "55203253400646" }, "", /un seul/],
    ["an unknown source", { siren: "552032534", sources: ["papers"] }, "/sources/0", /« pappers »/],
    ["no source at all", { siren: "552032534", sources: [] }, "/sources", /au moins un élément/],
    ["sources that are no list", { siren: "552032534", sources: "bodacc" }, "/sources", /liste/],
    ["an unknown field", { siren: "552032534", sourses: ["bodacc"] }, "/sourses", /« sources » \? Champs/],
    ["a negative age", { siren: "552032534", max_age: -1 }, "/max_age", /0/],
    ["an age of years", { siren: "552032534", max_age: 1e9 }, "/max_age", /2592000/],
    ["a fraction of a second", { siren: "552032534", max_age: 1.5 }, "/max_age", /entier/],
    [
      "a profile that is none",
      { siren: "552032534", linkedin: [{ nom: "A", profil: "http://x.y/" }] },
      "/linkedin/0/profil",
      /linkedin\.com/,
    ],
    ["a SIRET where a SIREN belongs", { siren: "35600000000048" }, "/siren", /SIRET/],
    [
      "people for nobody to look up",
      { siren: "552032534", linkedin: [{ nom: "A", profil: "abc" }] },
      "/linkedin",
      /Kaspr/,
    ],
    [
      "a name with control characters",
      { siren: "552032534", sources: ["kaspr"], linkedin: [{ nom: "A\u0000B", profil: "abc" }] },
      "/linkedin/0/nom",
      /contrôle/,
    ],
    [
      "a name that is half a character",
      { siren: "552032534", sources: ["kaspr"], linkedin: [{ nom: "A\ud800B", profil: "abc" }] },
      "/linkedin/0/nom",
      /mal formés/,
    ],
    [
      "a profile with an escaped NUL",
      { siren: "552032534", sources: ["kaspr"], linkedin: [{ nom: "A", profil: "marc%00petit" }] },
      "/linkedin/0/profil",
      /LinkedIn/,
    ],
    ["a list instead of an object", [], "", /objet/],
    [
      "an empty name",
      { siren: "552032534", sources: ["kaspr"], linkedin: [{ nom: "", profil: "abc" }] },
      "/linkedin/0/nom",
      /au moins un caractère/,
    ],
  ])("%s", async (_, body, pointer, words) => {
    const world = await mintWorld();
    const response = await world.enrich(body);
    expect(response.status).toBe(400);
    const problem = await problemOf(response);
    expect(problem.code).toBe("request.invalid");
    const fault = problem.errors?.find((error) => error.pointer === pointer);
    expect(`${fault?.message} ${fault?.fix}`).toMatch(words);
    expect(fault?.in).toBe("body");
  });

  test("every fault is listed, not only the first", async () => {
    const world = await mintWorld();
    const problem = await problemOf(
      await world.enrich({ siren: 1, sources: ["x", "bodacc", "y"], max_age: "2h" }),
    );
    const pointers = problem.errors?.map((error) => error.pointer);
    expect(pointers).toEqual(expect.arrayContaining(["/siren", "/sources/0", "/sources/2", "/max_age"]));
  });

  test("nothing was asked of any source", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    await world.enrich({ siren, sources: ["bodacc", "nope"] });
    expect(Object.values(await world.calls(siren)).every((count) => count === 0)).toBe(true);
  });
});

describe("what is not a JSON request is refused before it is read", () => {
  test.each([
    ["not JSON", { body: "{siren:", headers: JSON_TYPE }, 400, "request.malformed_json"],
    ["an empty body", { body: "", headers: JSON_TYPE }, 400, "request.malformed_json"],
    [
      "a form",
      { body: "siren=552032534", headers: { "content-type": "application/x-www-form-urlencoded" } },
      415,
      "request.unsupported_media_type",
    ],
    ["no content type", { body: new Blob(['{"siren":"552032534"}']) }, 415, "request.unsupported_media_type"],
    [
      "a compressed body",
      { body: new Uint8Array([31, 139]), headers: { ...JSON_TYPE, "content-encoding": "gzip" } },
      415,
      "request.unsupported_media_type",
    ],
    [
      "another character set",
      { body: "{}", headers: { "content-type": "application/json; charset=utf-16" } },
      415,
      "request.unsupported_media_type",
    ],
    [
      "1 MB",
      { body: JSON.stringify({ siren: "5".repeat(1024 * 1024) }), headers: JSON_TYPE },
      413,
      "request.too_large",
    ],
  ])("%s", async (_, init, status, code) => {
    const world = await mintWorld();
    const response = await world.request(ENRICH, { method: "POST", ...init });
    expect(response.status).toBe(status);
    expect((await problemOf(response)).code).toBe(code);
  });

  test("1 MB sent without its length", async () => {
    const world = await mintWorld();
    const chunk = new TextEncoder().encode(" ".repeat(64 * 1024));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent > 16) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const response = await world.request(ENRICH, { method: "POST", body, headers: JSON_TYPE });
    expect(response.status).toBe(413);
  });
});

describe("a query that does not fit gets a 400 naming the parameter", () => {
  test.each([
    ["an unknown parameter", "?feilds=siren", "/feilds", /« fields »/],
    ["an unknown field", "?fields=nom_entreprize", "/fields", /« nom_entreprise »/],
    ["an unknown inner field", "?fields=siege.vile", "/fields", /« siege.ville »/],
    ["a provenance that is neither true nor false", "?provenance=yes", "/provenance", /« yes ».*true, false/],
  ])("%s", async (_, query, pointer, words) => {
    const world = await mintWorld();
    for (const response of [
      await world.request(`/api/v2/companies/552032534${query}`),
      await world.enrich({ siren: "552032534" }, query),
    ]) {
      expect(response.status).toBe(400);
      const fault = (await problemOf(response)).errors?.[0];
      expect(fault).toMatchObject({ in: "query", pointer });
      expect(`${fault?.message} ${fault?.fix}`).toMatch(words);
    }
  });

  test("a route without parameters says so", async () => {
    const world = await mintWorld();
    const response = await world.request("/api/v2/companies/552032534/score?fields=siren");
    expect((await problemOf(response)).errors?.[0]?.message).toContain("aucun paramètre");
  });

  test("a wrong type is told once", async () => {
    const world = await mintWorld();
    const problem = await problemOf(await world.enrich({ siren: "552032534", sources: "pappers" }));
    expect(problem.errors).toHaveLength(1);
  });

  test("a SIRET in the path is told apart, without a word of members that the route lacks", async () => {
    const world = await mintWorld();
    const response = await world.request("/api/v2/companies/55203253400646");
    const [fault] = (await problemOf(response)).errors ?? [];
    expect(fault).toMatchObject({ in: "path", message: expect.stringContaining("SIRET") });
    expect(fault?.fix).toContain("9 premiers chiffres");
    expect(fault?.fix).not.toContain("« siret »");
  });

  test("a SIREN in the path is checked like any other", async () => {
    const world = await mintWorld();
    const response = await world.request("/api/v2/companies/552032535");
    expect((await problemOf(response)).errors?.[0]).toMatchObject({ in: "path", pointer: "/siren" });
  });
});

describe("addresses and methods", () => {
  test.each([
    "/api/v2/nothing",
    "/api/v3/companies/552032534",
    "/favicon.ico",
    "/api/v2/companies/552032534/",
  ])("%s is a 404 problem", async (path) => {
    const world = await mintWorld();
    const response = await world.request(path);
    expect(response.status).toBe(404);
    expect((await problemOf(response)).code).toBe("request.route_unknown");
  });

  test.each([
    ["GET", ENRICH, "POST"],
    ["DELETE", "/api/v2/companies/552032534", "GET, HEAD"],
    ["POST", "/health", "GET, HEAD"],
    ["PUT", "/api/v2/scoring/calculate", "POST"],
  ])("%s %s is a 405 problem that lists %s", async (method, path, allow) => {
    const world = await mintWorld();
    const response = await world.request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    expect((await problemOf(response)).code).toBe("request.method_not_allowed");
  });
});

describe("the words of a problem", () => {
  test("are French by default and English on request; the code is the same", async () => {
    const world = await mintWorld();
    const french = await problemOf(await world.request("/api/v2/companies/552032535"));
    const headers = { "accept-language": "en-GB,en;q=0.9,fr;q=0.5" };
    const english = await problemOf(await world.request("/api/v2/companies/552032535", { headers }));
    expect(french.title).toBe("Requête invalide");
    expect(english.title).toBe("Invalid request");
    expect(english.code).toBe(french.code);
    expect(english.errors?.[0]?.message).toContain("check digit");
  });

  test("quote the client's own request id when it is safe, and a new one when it is not", async () => {
    const kept = await send(
      new Request("https://api.test/none", { headers: { "x-request-id": "trace-42" } }),
    );
    expect((await problemOf(kept)).request_id).toBe("trace-42");
    const unsafe = await send(
      new Request("https://api.test/none", { headers: { "x-request-id": "a b<script>" } }),
    );
    const problem = await problemOf(unsafe);
    expect(problem.request_id).toMatch(/^req_/);
    expect(unsafe.headers.get("x-request-id")).toBe(problem.request_id);
  });
});
