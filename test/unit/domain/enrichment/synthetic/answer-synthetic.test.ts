import { describe, expect, test } from "vitest";
import { Company } from "../../../../../src/domain/companies/company.ts";
import {
  RESERVED_SIRENS,
  type ReservedOutcome,
} from "../../../../../src/domain/companies/reserved-sirens.ts";
import { parseSiret } from "../../../../../src/domain/companies/siret.ts";
import { parseSiren } from "../../../../../src/domain/companies/siren.ts";
import { CompanyNotFound, EnrichmentUnavailable } from "../../../../../src/domain/enrichment/errors.ts";
import { SOURCE_NAMES, type SourceName } from "../../../../../src/domain/enrichment/source.ts";
import { answerSynthetic } from "../../../../../src/domain/enrichment/synthetic/answer-synthetic.ts";
import { SirenNotReserved } from "../../../../../src/domain/enrichment/synthetic/errors.ts";
import { SYNTHETIC_SECTORS } from "../../../../../src/domain/enrichment/synthetic/synthetic-sectors.ts";

const FREE: SourceName[] = ["recherche_entreprises", "bodacc", "ratios_inpi"];

async function ask(outcome: ReservedOutcome, asked: SourceName[] = FREE) {
  const slept: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
  };
  const answer = await answerSynthetic(
    { sleep },
    { siren: RESERVED_SIRENS[outcome], asked, provenance: true },
  );
  return { company: Company.parse(answer.company), answer, slept };
}

async function refusal(outcome: ReservedOutcome, asked: SourceName[] = FREE): Promise<unknown> {
  return ask(outcome, asked).catch((error: unknown) => error);
}

const KNOWN = ["complete", "slow", "partial", "no_credits", "confidential_accounts"] as const;

test.each(Object.values(RESERVED_SIRENS))("%s is a valid SIREN", (siren) => {
  expect(parseSiren(siren)).toEqual({ ok: true, siren });
});

test("complete: a whole company, with accounts, officers, events and a score with its reasons", async () => {
  const { company, slept } = await ask("complete", [...SOURCE_NAMES]);
  expect(company).toMatchObject({
    nom_entreprise: "ATELIERS COMPLET (FICTIF)",
    chiffre_affaires: 6_240_000,
    partial: false,
    missing: [],
    last_scraped_at: "2026-11-20T09:00:00.000Z",
  });
  expect(company.details_financiers).toHaveLength(3);
  expect(company.dirigeants.length).toBeGreaterThan(1);
  expect(company.evenements.length).toBeGreaterThan(2);
  expect(company.score?.contributions).toHaveLength(5);
  expect(company.ma_score).toBeGreaterThan(0);
  expect(company.contacts).toMatchObject([{ email_professionnel: "camille.exemple@example.com" }]);
  expect(Object.keys(company.provenance ?? {}).length).toBeGreaterThan(20);
  for (const { siret } of company.etablissements) {
    expect(parseSiret(siret)).toMatchObject({ ok: true, checksum: true });
  }
  expect(slept).toEqual([]);
});

test("contacts come when kaspr is named, and only then", async () => {
  expect((await ask("complete")).company.contacts).toEqual([]);
  expect((await ask("complete", ["kaspr"])).company.contacts).toHaveLength(1);
});

test("partial: found by all, Pappers with parts missing", async () => {
  const { company } = await ask("partial");
  expect(company).toMatchObject({
    partial: true,
    missing: [{ source: "pappers", reason: "partial_answer" }],
  });
});

test("no_credits: the free sources answer, Pappers is missing for its credits", async () => {
  const { company } = await ask("no_credits");
  expect(company.missing).toEqual([
    { source: "pappers", reason: "quota_exhausted", retry_after_seconds: 60 },
  ]);
  expect(company.sources.map(({ name }) => name)).not.toContain("pappers");
});

test("confidential_accounts: no figure, and the reason for it", async () => {
  const { company } = await ask("confidential_accounts");
  expect(company).toMatchObject({
    confidentialite: "confidentielle",
    chiffre_affaires: null,
    resultat: null,
    partial: false,
  });
  expect(company.details_financiers).toHaveLength(3);
  expect(company.evenements.map(({ type }) => type)).toEqual(["comptes_confidentiels"]);
});

test("partial_diffusion: a sole trader without name, address or officer", async () => {
  const { company } = await ask("partial_diffusion");
  expect(company).toMatchObject({ diffusion: "partielle", nom_entreprise: null });
  expect(company.siege).toMatchObject({ adresse: null, code_postal: null, ville: "LYON" });
  for (const { nom, prenoms } of company.dirigeants) expect([nom, prenoms]).toEqual([null, null]);
  expect(JSON.stringify(company)).not.toMatch(/Camille|EXEMPLE/);
});

test("slow: the whole answer, three seconds late", async () => {
  const { company, slept } = await ask("slow");
  expect(company.partial).toBe(false);
  expect(slept).toEqual([3_000]);
});

test("not_found: said by the sources when they are asked, by the store when they are not", async () => {
  expect(await refusal("not_found")).toEqual(new CompanyNotFound({ asked: true }));
  expect(await refusal("not_found", [])).toEqual(new CompanyNotFound({ asked: false }));
  expect(await refusal("not_found")).toMatchObject({ asked: true });
  expect(await refusal("not_found", [])).toMatchObject({ asked: false });
});

test.each([
  ["rate_limited", "busy", 2],
  ["unavailable", "unavailable", 5],
  ["malformed", "malformed", 5],
] as const)(
  "%s: 503 for every source asked, or for the free ones on a read",
  async (outcome, reason, seconds) => {
    const asked = await refusal(outcome, ["insee", "pappers"]);
    expect(asked).toBeInstanceOf(EnrichmentUnavailable);
    expect(asked).toMatchObject({ retryAfterSeconds: seconds });
    expect(asked).toMatchObject({ faults: [{ source: "insee", reason }, { source: "pappers" }] });
    expect(await refusal(outcome, [])).toMatchObject({ faults: FREE.map((source) => ({ source, reason })) });
  },
);

test("any other SIREN is unknown to a test key", async () => {
  const input = { siren: "552032534", asked: FREE, provenance: false };
  await expect(answerSynthetic({ sleep: async () => undefined }, input)).rejects.toBeInstanceOf(
    SirenNotReserved,
  );
});

describe.each(KNOWN)("%s", (outcome) => {
  test("is the same answer, byte for byte, every time", async () => {
    const [first, second] = [await ask(outcome), await ask(outcome)];
    expect(JSON.stringify(second.answer)).toBe(JSON.stringify(first.answer));
  });

  test("says that it is invented, of the company and of everybody in it", async () => {
    const { company } = await ask(outcome, [...SOURCE_NAMES]);
    expect(company.nom_entreprise).toMatch(/\(FICTIF\)$/);
    for (const { nom, denomination } of company.dirigeants)
      expect(nom ?? denomination).toMatch(/\(FICTIF\)$/);
    for (const { nom } of company.contacts) expect(nom).toMatch(/\(FICTIF\)$/);
  });
});

test("one division is measured in test mode", async () => {
  expect(await SYNTHETIC_SECTORS.find("25")).toMatchObject({ companies: 812 });
  expect(await SYNTHETIC_SECTORS.find("47")).toBeNull();
});
