import type { Filing, SandboxCompany } from "../world/company.ts";

function ratio(part: number | null, whole: number | null, digits: number): number | null {
  return part === null || !whole ? null : Number((part / whole).toFixed(digits));
}

function percent(part: number | null, whole: number | null): number | null {
  return part === null ? null : ratio(part * 100, whole, 1);
}

function days(part: number | null, turnover: number | null): number | null {
  return part === null ? null : ratio(part * 365, turnover, 0);
}

function growth(filing: Filing, before: Filing | undefined): number | null {
  if (filing.turnover === null || !before?.turnover || before.secrecy !== "public") return null;
  return percent(filing.turnover - before.turnover, before.turnover);
}

function netDebt({ debt, cash }: Filing): number | null {
  return debt === null || cash === null ? null : debt - cash;
}

/** With a confidential income statement only the balance sheet and the result are left. */
function publicPart(filing: Filing): Filing {
  if (filing.secrecy === "public") return filing;
  const hidden = { turnover: null, grossMargin: null, ebitda: null, ebit: null, addedValue: null };
  return { ...filing, ...hidden, selfFinancing: null, headcount: null };
}

function exerciseJson(whole: Filing, before: Filing | undefined) {
  const filing = publicPart(whole);
  const { turnover, result, equity, debt, workingCapitalNeed } = filing;
  return {
    annee: filing.year,
    date_de_cloture_exercice: filing.closedOn,
    duree_exercice: filing.months,
    chiffre_affaires: turnover,
    resultat: result,
    effectif: filing.headcount,
    marge_brute: filing.grossMargin,
    excedent_brut_exploitation: filing.ebitda,
    resultat_exploitation: filing.ebit,
    taux_croissance_chiffre_affaires: growth(filing, before),
    taux_marge_brute: percent(filing.grossMargin, turnover),
    taux_marge_EBITDA: percent(filing.ebitda, turnover),
    taux_marge_operationnelle: percent(filing.ebit, turnover),
    BFR: workingCapitalNeed,
    BFR_exploitation: null,
    BFR_hors_exploitation: null,
    BFR_jours_CA: days(workingCapitalNeed, turnover),
    BFR_exploitation_jours_CA: null,
    BFR_hors_exploitation_jours_CA: null,
    delai_paiement_clients_jours: null,
    delai_paiement_fournisseurs_jours: null,
    ratio_stock_CA_jours: null,
    capacite_autofinancement: filing.selfFinancing,
    capacite_autofinancement_CA: percent(filing.selfFinancing, turnover),
    fonds_roulement_net_global: filing.netWorkingCapital,
    couverture_BFR: ratio(filing.netWorkingCapital, workingCapitalNeed, 1),
    tresorerie: filing.cash,
    dettes_financieres: debt,
    capacite_remboursement: ratio(debt, filing.selfFinancing, 1),
    ratio_endettement: ratio(debt, equity, 2),
    autonomie_financiere: percent(equity, filing.assets),
    taux_levier: ratio(netDebt(filing), filing.ebitda, 1),
    etat_dettes_1_an_au_plus: null,
    liquidite_generale: filing.liquidity,
    couverture_dettes: null,
    marge_nette: percent(result, turnover),
    rentabilite_fonds_propres: percent(result, equity),
    rentabilite_economique: percent(result, filing.assets),
    valeur_ajoutee: filing.addedValue,
    valeur_ajoutee_CA: percent(filing.addedValue, turnover),
    salaires_charges_sociales: null,
    salaires_CA: null,
    impots_taxes: null,
  };
}

/** One entry per closed exercise that can be seen, latest first. */
export function financesJson({ filings }: SandboxCompany) {
  return filings
    .map((filing, index) => ({ filing, before: filings[index + 1] }))
    .filter(({ filing }) => filing.secrecy !== "total")
    .map(({ filing, before }) => exerciseJson(filing, before));
}

/** The latest figures a search result carries. */
export function latestFinances({ filings }: SandboxCompany) {
  const visible = filings.find(({ secrecy }) => secrecy !== "total");
  const latest = visible && publicPart(visible);
  return {
    chiffre_affaires: latest?.turnover ?? null,
    resultat: latest?.result ?? null,
    effectifs_finances: latest?.headcount ?? null,
    annee_finances: latest === undefined ? null : String(latest.year),
  };
}
