import { describe, expect, test } from "vitest";
import { EXAMPLE_SIRENS } from "../../local/sandbox/example-sirens.ts";
import { createSandbox } from "../../local/sandbox/sandbox.ts";
import { RESERVED_SIRENS } from "../../src/domain/companies/reserved-sirens.ts";
import type { SourceAnswer } from "../../src/domain/enrichment/ports.ts";
import { SourceRecord } from "../../src/domain/enrichment/source-record.ts";
import { SOURCE_NAMES, type SourceName } from "../../src/domain/enrichment/source.ts";
import { buildProviders } from "../../src/providers/registry.ts";

const SANDBOX = "http://sandbox.test";
const app = createSandbox();

function providersWith(key: string) {
  const at = (prefix: string) => ({ baseUrl: `${SANDBOX}${prefix}`, key });
  const sources = {
    recherche_entreprises: at("/recherche-entreprises"),
    insee: at("/insee/api-sirene/3.11"),
    bodacc: at("/bodacc/api/explore/v2.1"),
    ratios_inpi: at("/ratios-inpi/api/explore/v2.1"),
    pappers: at("/pappers/v2"),
    kaspr: at("/kaspr"),
  };
  const settings = { sources, userAgent: "contract-test/1.0", now: () => Date.parse("2026-11-20T10:00:00Z") };
  return buildProviders(settings, async (request) => app.fetch(request));
}

const GOOD = providersWith("any-key");
const WITHOUT_CREDITS = providersWith("no-credits");
const REFUSED = providersWith("bad-key");

async function lookUp(source: SourceName, siren: string, providers = GOOD): Promise<SourceAnswer> {
  const provider = providers.get(source);
  if (provider === undefined) throw new Error(`no provider for ${source}`);
  const linkedin = [{ nom: "Marie Petit", profil: `marie-petit-${siren}` }];
  return provider.lookUp({ siren, linkedin }, AbortSignal.timeout(200));
}

const reasonOf = (answer: SourceAnswer): string =>
  answer.kind === "failed" ? answer.failure.reason : answer.kind;

const EXAMPLES = { atelier: "912345675", holding: "842157968", ...EXAMPLE_SIRENS };

describe.each(SOURCE_NAMES)("%s", (source) => {
  test.each(Object.entries(EXAMPLES))("%s gives a valid record, or nothing", async (_, siren) => {
    const answer = await lookUp(source, siren);
    const record = answer.kind === "found" ? answer.record : { siren, as_of: null };
    expect(["found", "not_found"]).toContain(reasonOf(answer));
    expect(SourceRecord.safeParse(record).error).toBeUndefined();
    expect(JSON.stringify(record)).not.toMatch(/\[ND\]|NON-DIFFUSIBLE|\*/);
  });

  test.each([
    ["not_found", "not_found"],
    ["rate_limited", "busy"],
    ["unavailable", source === "kaspr" ? "rejected" : "unavailable"],
    ["slow", "timeout"],
    ["malformed", "malformed"],
  ] as const)("reserved SIREN %s is read as %s", async (name, expected) => {
    expect(reasonOf(await lookUp(source, RESERVED_SIRENS[name]))).toBe(expected);
  });

  test("passes on when to come back", async () => {
    expect(await lookUp(source, RESERVED_SIRENS.rate_limited)).toMatchObject({
      failure: { retryAfterMs: 2_000 },
    });
  });
});

test.each(["recherche_entreprises", "insee", "pappers"] as const)(
  "%s knows every example",
  async (source) => {
    for (const siren of Object.values(EXAMPLES)) expect((await lookUp(source, siren)).kind).toBe("found");
  },
);

describe("keys", () => {
  test.each(["insee", "pappers", "kaspr"] as const)("%s: a bad key is told as such", async (source) => {
    expect(reasonOf(await lookUp(source, "912345675", REFUSED))).toBe("invalid_key");
  });

  test.each(["pappers", "kaspr"] as const)("%s: spent credits are told as such", async (source) => {
    expect(reasonOf(await lookUp(source, "912345675", WITHOUT_CREDITS))).toBe("quota_exhausted");
  });

  test("pappers: the SIREN reserved for spent credits", async () => {
    expect(reasonOf(await lookUp("pappers", RESERVED_SIRENS.no_credits))).toBe("quota_exhausted");
  });
});

async function recordOf(source: SourceName, siren: string) {
  const answer = await lookUp(source, siren);
  if (answer.kind !== "found") throw new Error(`${source} ${siren}: ${reasonOf(answer)}`);
  return answer.record;
}

describe("traits", () => {
  test("206 is found and partial", async () => {
    expect(await lookUp("pappers", RESERVED_SIRENS.partial)).toMatchObject({
      kind: "found",
      partial: true,
      credits: 1,
    });
  });

  test.each(["recherche_entreprises", "insee", "pappers"] as const)(
    "%s: partial diffusion",
    async (source) => {
      const { identite } = await recordOf(source, RESERVED_SIRENS.partial_diffusion);
      expect(identite?.diffusion).toBe("partielle");
    },
  );

  test("withheld accounts: no turnover in the ratios, an event in the bulletin", async () => {
    const { exercices } = await recordOf("ratios_inpi", RESERVED_SIRENS.confidential_accounts);
    expect(
      exercices?.some((one) => one.confidentialite !== "publique" && one.chiffre_affaires === null),
    ).toBe(true);
    const { evenements } = await recordOf("bodacc", RESERVED_SIRENS.confidential_accounts);
    expect(evenements?.map((event) => event.type)).toContain("comptes_confidentiels");
  });

  test("consolidated accounts are told apart", async () => {
    const { exercices } = await recordOf("ratios_inpi", EXAMPLE_SIRENS.consolidated_accounts);
    expect(new Set(exercices?.map((one) => one.comptes))).toEqual(new Set(["sociaux", "consolides"]));
  });

  test.each([
    ["open", EXAMPLE_SIRENS.procedure_open, true],
    ["closed", EXAMPLE_SIRENS.procedure_closed, false],
  ])("the bulletin and Pappers agree on a procedure that is %s", async (_, siren, isRunning) => {
    const bulletin = (await recordOf("bodacc", siren)).procedure_collective;
    const pappers = (await recordOf("pappers", siren)).procedure_collective;
    expect(bulletin?.en_cours).toBe(isRunning);
    expect(pappers).toMatchObject({ type: bulletin?.type, en_cours: isRunning });
  });

  test("the register states a running procedure and no other", async () => {
    const running = await recordOf("recherche_entreprises", EXAMPLE_SIRENS.procedure_open);
    const over = await recordOf("recherche_entreprises", EXAMPLE_SIRENS.procedure_closed);
    expect([running.procedure_collective?.en_cours, over.procedure_collective]).toEqual([true, null]);
  });

  test("a sale with its price", async () => {
    const { evenements } = await recordOf("bodacc", EXAMPLE_SIRENS.business_sale_with_price);
    expect(evenements?.find((event) => event.type === "vente")?.montant).toBeGreaterThan(0);
  });

  test("no auditor among the officers", async () => {
    for (const source of ["recherche_entreprises", "pappers"] as const) {
      const { dirigeants } = await recordOf(source, EXAMPLE_SIRENS.auditor_among_officers);
      expect(JSON.stringify(dirigeants)).not.toMatch(/commissaire/i);
    }
  });

  test("Corsica and overseas by department and region", async () => {
    const corsica = await recordOf("recherche_entreprises", EXAMPLE_SIRENS.corsica);
    const reunion = await recordOf("pappers", EXAMPLE_SIRENS.reunion);
    expect(corsica.siege?.departement).toMatch(/^2[AB]$/);
    expect(reunion.siege).toMatchObject({ departement: "974", region: "04" });
  });

  test("bulletin and Pappers give one notice the same reference", async () => {
    const bulletin = await recordOf("bodacc", EXAMPLE_SIRENS.procedure_open);
    const pappers = await recordOf("pappers", EXAMPLE_SIRENS.procedure_open);
    const references = new Set(bulletin.evenements?.map((event) => event.reference));
    expect(pappers.evenements?.some((event) => references.has(event.reference))).toBe(true);
  });
});
