import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ConfigurationError, parseConfig } from "../../../src/config/config.ts";

const BASE = {
  ENVIRONMENT: "development",
  DATABASE_URL: "postgresql://u:p@db.example/ma",
  ENABLED_SOURCES: "recherche_entreprises,insee,bodacc,ratios_inpi,pappers,kaspr",
  DEFAULT_SOURCES: "recherche_entreprises, bodacc,ratios_inpi",
  MASTER_KEYS: `m1:${"A".repeat(43)}=`,
};

const PRODUCTION = {
  ...BASE,
  ENVIRONMENT: "production",
  PAPPERS_API_KEY: "p",
  KASPR_API_KEY: "k",
  INSEE_API_KEY: "i",
  CREDIT_PRICES: '{"pappers":0.02,"kaspr":0.3}',
};

function problemsOf(env: object): string[] {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    return error instanceof ConfigurationError ? error.problems : [`unexpected: ${String(error)}`];
  }
}

describe("development", () => {
  test("works without any provider key, against the real registers", () => {
    const config = parseConfig({ ...BASE, PAPPERS_API_KEY: "  " });
    expect(config.sources.endpoints.pappers).toEqual({
      baseUrl: "https://api.pappers.fr/v2",
      key: undefined,
    });
    expect(config.sources.defaults).toEqual(["recherche_entreprises", "bodacc", "ratios_inpi"]);
    expect(config.sources.limits.recherche_entreprises).toEqual([{ limit: 7, window_ms: 1_000 }]);
  });

  test("takes other addresses and limits for the sandbox", () => {
    const config = parseConfig({
      ...BASE,
      SOURCE_BASE_URLS: '{"bodacc":"http://127.0.0.1:1/b"}',
      SOURCE_LIMITS: '{"bodacc":[{"limit":1000,"window_ms":1000}]}',
    });
    expect(config.sources.endpoints.bodacc.baseUrl).toBe("http://127.0.0.1:1/b");
    expect(config.sources.limits.bodacc).toEqual([{ limit: 1_000, window_ms: 1_000 }]);
  });

  test.each([
    ["an unknown source", { ENABLED_SOURCES: "recherche_entreprises,papers" }, "ENABLED_SOURCES"],
    [
      "a default that is not enabled",
      { ENABLED_SOURCES: "bodacc", DEFAULT_SOURCES: "insee" },
      "DEFAULT_SOURCES",
    ],
    ["a step of an export that outlives its lease", { EXPORT_STEP_MS: "90001" }, "EXPORT_STEP_MS"],
    ["a paid default", { DEFAULT_SOURCES: "pappers" }, "DEFAULT_SOURCES"],
    ["a database that is none", { DATABASE_URL: "mysql://x" }, "DATABASE_URL"],
    ["no master key", { MASTER_KEYS: "" }, "MASTER_KEYS"],
    ["a master key that is too short", { MASTER_KEYS: "m1:AAAA" }, "MASTER_KEYS"],
    ["an origin with a path", { ALLOWED_ORIGINS: "https://app.example.com/x" }, "ALLOWED_ORIGINS"],
    ["a limiter neither on nor off", { RATE_LIMITS: "maybe" }, "RATE_LIMITS"],
    ["a wait of no length", { LIMITER_READ_TIMEOUT_MS: "soon" }, "LIMITER_READ_TIMEOUT_MS"],
    ["JSON that is none", { SOURCE_LIMITS: "{" }, "SOURCE_LIMITS"],
    ["a limit of nothing", { SOURCE_LIMITS: '{"bodacc":[]}' }, "SOURCE_LIMITS"],
    ["a budget out of bounds", { ENRICH_BUDGET_MS: "60000" }, "ENRICH_BUDGET_MS"],
  ])("%s is named", (_, change, name) => {
    const problems = problemsOf({ ...BASE, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
  });
});

describe("production", () => {
  test("starts when all is set", () => {
    expect(problemsOf(PRODUCTION)).toEqual([]);
  });

  test("lists everything that is missing at once", () => {
    const { PAPPERS_API_KEY: _p, KASPR_API_KEY: _k, DATABASE_URL: _d, ...rest } = PRODUCTION;
    const problems = problemsOf(rest).join("\n");
    for (const name of ["PAPPERS_API_KEY", "KASPR_API_KEY", "DATABASE_URL"]) expect(problems).toContain(name);
    expect(problems).not.toContain("INSEE_API_KEY");
  });

  test("refuses what belongs to the local stack", () => {
    const problems = problemsOf({
      ...PRODUCTION,
      NEON_LOCAL_BRIDGE: "http://127.0.0.1:4455",
      SOURCE_BASE_URLS: '{"bodacc":"http://127.0.0.1:1/b"}',
    }).join("\n");
    expect(problems).toContain("NEON_LOCAL_BRIDGE");
    expect(problems).toContain("SOURCE_BASE_URLS.bodacc");
  });

  test("a source that is not enabled needs no key", () => {
    const { KASPR_API_KEY: _, ...rest } = PRODUCTION;
    expect(
      problemsOf({ ...rest, ENABLED_SOURCES: "recherche_entreprises,insee,bodacc,ratios_inpi,pappers" }),
    ).toEqual([]);
  });

  test("never repeats a value", () => {
    const wrong = { DATABASE_URL: "postgres://user:hunter#2/pw@host/db", SOURCE_LIMITS: "hunter2" };
    const problems = problemsOf({ ...PRODUCTION, ...wrong });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain("hunter");
  });
});

test("every setting of .dev.vars.example is one the Worker reads", () => {
  const files = ["src/config/config.ts", "src/config/observability-config.ts"];
  const source = files.map((file) => readFileSync(file, "utf8")).join("");
  const names = readFileSync(".dev.vars.example", "utf8").matchAll(/^([A-Z_]+)=/gm);
  for (const [, name] of names) expect(source).toContain(`${name}:`);
});

test.each([
  ["an unknown channel", { insee: "a-long-random-token-0123456789" }],
  ["a short token", { pappers: "short" }],
  ["a generic secret that is not one of Standard Webhooks", { generic: "a-long-random-token-0123456789" }],
  ["a generic secret of too few bytes", { generic: `whsec_${btoa("twenty-three bytes long")}` }],
])("inbound channels: %s is refused, and its secret not repeated", (_, secrets) => {
  const problems = problemsOf({ ...BASE, HOOK_SECRETS: JSON.stringify(secrets) });
  expect(problems).toEqual([expect.stringMatching(/^HOOK_SECRETS: wrong at/)]);
  for (const secret of Object.values(secrets)) expect(problems.join()).not.toContain(secret);
});

test("inbound channels: none by default, each by its own secret", () => {
  expect(parseConfig(BASE).hookSecrets).toEqual({});
  const secrets = { pappers: "a-long-random-token-0123456789", generic: `whsec_${btoa("x".repeat(32))}` };
  expect(parseConfig({ ...BASE, HOOK_SECRETS: JSON.stringify(secrets) }).hookSecrets).toEqual(secrets);
});
