import type { SandboxCompany } from "../world/company.ts";
import { DURAND_SIREN } from "../world/documented-sirens.ts";
import { slugOf } from "../world/make-company.ts";
import { hasTrait, seeded } from "../world/random.ts";

interface Priced {
  value: unknown;
  /** Credits, charged when there is something to give. */
  cost: number;
}

/** In a number range that the French regulator keeps for fiction. */
function fictionalPhone(siren: string): string {
  return `019900${String(seeded(siren, "phone").int(0, 9999)).padStart(4, "0")}`;
}

function estimates({ filings }: SandboxCompany) {
  return filings
    .filter(({ secrecy }) => secrecy !== "public")
    .map(({ year, turnover }) => ({ annee: year, chiffre_affaires: turnover }));
}

function offers(company: SandboxCompany): Record<string, Priced> {
  const { siren, name, website, partialDiffusion, ceasedOn } = company;
  const reachable = !partialDiffusion && ceasedOn === null;
  const has = (trait: string, probability: number) =>
    reachable && (siren === DURAND_SIREN || hasTrait(siren, trait, probability));
  const domain = website?.replace("https://www.", "") ?? null;
  return {
    lien_linkedin: {
      value: has("linkedin", 0.6) ? `https://www.linkedin.com/company/${slugOf(name)}` : null,
      cost: 3,
    },
    telephone: { value: has("telephone", 0.55) ? fictionalPhone(siren) : null, cost: 3 },
    email: { value: reachable && domain ? `contact@${domain}` : null, cost: 3 },
    sites_internet: { value: reachable && website ? [website] : [], cost: 1 },
    finances_estimations: { value: estimates(company), cost: 5 },
    categorie_entreprise: { value: ceasedOn === null ? company.category : null, cost: 0 },
    annee_categorie_entreprise: { value: company.staffYear, cost: 0 },
    micro_entreprise: { value: company.person !== null, cost: 0 },
    motif_cessation: { value: null, cost: 0 },
    labels: { value: [], cost: 0 },
  };
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** What `champs_supplementaires` adds to the answer, and to the bill. Names the sandbox ignores cost nothing. */
export function paidFields(company: SandboxCompany, asked: ReadonlySet<string>) {
  const granted = Object.entries(offers(company)).filter(
    ([name]) =>
      asked.has(name) || (name === "annee_categorie_entreprise" && asked.has("categorie_entreprise")),
  );
  return {
    fields: Object.fromEntries(granted.map(([name, { value }]) => [name, value])),
    cost: granted.reduce((sum, [, { value, cost }]) => sum + (isEmpty(value) ? 0 : cost), 0),
  };
}
