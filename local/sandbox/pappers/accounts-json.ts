import { addYears, frenchDate } from "../world/calendar.ts";
import type { Filing, SandboxCompany } from "../world/company.ts";
import { hashText } from "../world/random.ts";

/** The list of filings inside `/entreprise`. */
export function depositsJson({ siren, name, filings, partialDiffusion }: SandboxCompany) {
  const owner = partialDiffusion ? "" : `${name} - `;
  return filings.map(({ filedOn, closedOn, year, secrecy }) => ({
    date_depot: filedOn,
    date_depot_formate: frenchDate(filedOn),
    date_cloture: closedOn,
    annee_cloture: year,
    confidentialite: secrecy === "total",
    confidentialite_compte_de_resultat: secrecy === "partial",
    disponible: secrecy !== "total",
    ...(secrecy !== "total" && {
      nom_fichier_pdf: `${owner}Comptes ${year}.pdf`,
      token: documentToken(siren, year),
    }),
    disponible_xlsx: secrecy === "public",
  }));
}

function documentToken(siren: string, year: number): string {
  return btoa(`C${siren}${year}`).replaceAll("=", "");
}

function section(libelle: string, lines: readonly (readonly [string, string, number | null])[]) {
  const liasses = lines
    .filter(([, , valeur]) => valeur !== null)
    .map(([code, libelle, valeur]) => ({
      code,
      libelle,
      colonnes: [{ libelle: "Montant année N", valeur }],
    }));
  return { libelle, liasses };
}

function sections(filing: Filing) {
  const { equity, assets, turnover, result, secrecy } = filing;
  if (secrecy === "total") return [];
  const balance = section("Passif (bilan)", [
    ["DL", "TOTAL (I) capitaux propres", equity],
    ["EE", "TOTAL GENERAL (I à V)", assets],
  ]);
  if (secrecy === "partial") return [balance];
  const income = section("Compte de résultat", [
    ["FL", "Chiffres d'affaires nets", turnover],
    ["HN", "BENEFICE OU PERTE", result],
  ]);
  return [balance, income];
}

function accountJson(company: SandboxCompany, filing: Filing, kind: "C" | "S" | "K") {
  const { siren, address, createdOn } = company;
  const names = { C: "Complets", S: "Simplifiés", K: "Consolidés" };
  const visible = filing.secrecy === "public";
  return {
    date_depot: filing.filedOn,
    code_greffe: address.town.registryCode,
    numero_depot: String(hashText(siren + filing.closedOn) % 90_000),
    numero_gestion: `${createdOn.slice(0, 4)}B00${hashText(siren) % 900}`,
    date_cloture: filing.closedOn,
    "date_cloture_n-1": addYears(filing.closedOn, -1),
    duree_exercice_n: filing.months,
    "duree_exercice_n-1": 12,
    type_comptes: kind,
    libelle_type_comptes: names[kind],
    devise: "EUR",
    devise_origine: null,
    confidentialite: filing.secrecy === "total",
    confidentialite_compte_de_resultat: filing.secrecy === "partial",
    coherence_comptable: true,
    type_saisie: "Saisie complète",
    informations_traitement: null,
    sections: sections(filing),
    ratios: {
      chiffre_affaires: visible ? filing.turnover : null,
      resultat: filing.secrecy === "total" ? null : filing.result,
      effectif: visible ? filing.headcount : null,
    },
  };
}

/** `/entreprise/comptes`: by closing year, each holding the company's own accounts and then the group's. */
export function accountsJson(company: SandboxCompany, years: readonly string[]) {
  const kind = company.headcount < 10 ? "S" : "C";
  const all = [
    ...company.filings.map((filing) => ({ filing, json: accountJson(company, filing, kind) })),
    ...company.consolidated.map((filing) => ({ filing, json: accountJson(company, filing, "K") })),
  ];
  const wanted = all.filter(({ filing }) => years.length === 0 || years.includes(String(filing.year)));
  const byYear = new Map<number, object[]>();
  for (const { filing, json } of wanted) {
    byYear.set(filing.year, [...(byYear.get(filing.year) ?? []), json]);
  }
  return Object.fromEntries(byYear);
}
