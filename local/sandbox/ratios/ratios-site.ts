import type { SandboxState } from "../control/sandbox-state.ts";
import { datasetSite } from "../ods/dataset-site.ts";
import type { Row } from "../ods/where-clause.ts";
import type { ProviderSite } from "../provider-site.ts";
import type { Filing, SandboxCompany } from "../world/company.ts";
import { hasTrait, seeded } from "../world/random.ts";
import { reservedOutcomeOf } from "../world/reserved.ts";

function percent(part: number | null, whole: number | null): number | null {
  return part === null || !whole ? null : Number(((100 * part) / whole).toFixed(3));
}

/** C: complete, S: simplified for the small, K: consolidated. */
function filingKind({ headcount }: SandboxCompany): "C" | "S" {
  return headcount < 10 ? "S" : "C";
}

function amounts(filing: Filing) {
  const { turnover, result, grossMargin, ebitda, ebit, equity, assets, debt, liquidity } = filing;
  return {
    chiffre_d_affaires: turnover,
    resultat_net: result,
    marge_brute: grossMargin,
    ebe: ebitda,
    ebit,
    ebitda,
    marge_ebe: percent(ebitda, turnover),
    caf_sur_ca: percent(filing.selfFinancing, turnover),
    autonomie_financiere: percent(equity, assets),
    taux_d_endettement: percent(debt, equity),
    ratio_de_liquidite: liquidity === null ? null : liquidity * 100,
    ratio_de_vetuste: null,
    rotation_des_stocks_jours: null,
    credit_clients_jours: null,
    poids_bfr_exploitation_sur_ca: percent(filing.workingCapitalNeed, turnover),
    resultat_courant_avant_impots_sur_ca: percent(ebit, turnover),
    couverture_des_interets: null,
    capacite_de_remboursement: null,
  };
}

/** The trap of this data set: where the income statement is confidential it prints 0, next to the real result. */
function hiddenAmounts(filing: Filing) {
  return {
    ...amounts(filing),
    chiffre_d_affaires: 0,
    marge_brute: 0,
    ebe: 0,
    ebit: 0,
    ebitda: 0,
    marge_ebe: 0,
    caf_sur_ca: 0,
    poids_bfr_exploitation_sur_ca: null,
    resultat_courant_avant_impots_sur_ca: 0,
  };
}

/** The portal gives numbers for most, and text for some. */
function asText(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === "number" ? String(value) : value]),
  );
}

function ratioRow(company: SandboxCompany, filing: Filing, kind: "C" | "S" | "K"): Row {
  const row = {
    siren: company.siren,
    date_cloture_exercice: filing.closedOn,
    type_bilan: kind,
    confidentiality: filing.secrecy === "public" ? "Public" : "Partiellement confidentiel",
    ...(filing.secrecy === "public" ? amounts(filing) : hiddenAmounts(filing)),
  };
  return hasTrait(company.siren, "ratios-as-text", 0.1) ? asText(row) : row;
}

/** The state of one row: whether the set has it at all. */
function isListed({ siren }: SandboxCompany, { secrecy, year }: Filing): boolean {
  if (reservedOutcomeOf(siren) === "confidential_accounts") return true;
  // Confidential as a whole: out of the set; and a few others are keyed in late.
  return secrecy !== "total" && !(year === 2025 && seeded(siren, "late-ratios").chance(0.08));
}

function rowsOf(company: SandboxCompany): Row[] {
  const kind = filingKind(company);
  const own = company.filings.filter((filing) => isListed(company, filing));
  const group = company.consolidated.filter((filing) => isListed(company, filing));
  return [
    ...own.map((filing) => ratioRow(company, filing, kind)),
    ...group.map((filing) => ratioRow(company, filing, "K")),
  ];
}

/** Yearly figures from the accounts filed, on the ministry's Opendatasoft portal. */
export function ratiosSite(state: SandboxState): ProviderSite {
  return datasetSite(state, {
    provider: "ratios_inpi",
    prefix: "/ratios-inpi/api/explore/v2.1",
    name: "ratios_inpi_bce",
    rowsOf,
  });
}
