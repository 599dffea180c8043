import type { Exercice } from "../companies/company.ts";
import {
  accountsAge,
  closedAccounts,
  netMargin,
  type ProfitRecord,
  profitRecord,
  type Reading,
  turnoverGrowth,
} from "./accounts.ts";
import { type Assessment, type Item, judged, type Subject, trustOfAge, unknown } from "./assessment.ts";
import { percent, plural, span, type Wording } from "./wording.ts";

const TITLE: Wording = { fr: "Attractivité", en: "Attractiveness" };
const MEASURES = {
  marge: { fr: "marge nette", en: "net margin" },
  croissance: { fr: "croissance", en: "growth" },
} as const satisfies Record<string, Wording>;

function trustOf({ at, model }: Subject, accounts: Exercice): number {
  return trustOfAge(accountsAge(accounts, at), model.confiance.comptes_ans, model.confiance.poids_ancien);
}

function period(measure: keyof typeof MEASURES, { annee }: Exercice): Wording {
  if (measure === "marge") return { fr: `en ${annee}`, en: `in ${annee}` };
  return { fr: `de ${annee - 1} à ${annee}`, en: `from ${annee - 1} to ${annee}` };
}

/** Half the points at the reference, all of them one full gap above it, none one full gap below. */
function judgeRatio(subject: Subject, measure: keyof typeof MEASURES, reading: Reading | null): Item {
  const { model, sector } = subject;
  const name = MEASURES[measure];
  if (reading === null) return unknown({ fr: `${name.fr} inconnue`, en: `${name.en} unknown` });
  const { repere_modele, ecart_plein } = model.attractivite[measure];
  const median = (measure === "marge" ? sector?.median_marge : sector?.median_croissance) ?? null;
  const own = percent(reading.ratio);
  const when = period(measure, reading.accounts);
  const reference = percent(median ?? repere_modele);
  const against =
    median === null
      ? { fr: `seuil du modèle : ${reference.fr}`, en: `model threshold: ${reference.en}` }
      : { fr: `médiane du secteur : ${reference.fr}`, en: `sector median: ${reference.en}` };
  return judged({
    max: model.points.attractivite[measure],
    fraction: 0.5 + (reading.ratio - (median ?? repere_modele)) / (2 * ecart_plein),
    trust: trustOf(subject, reading.accounts) * (median === null ? model.confiance.poids_sans_mediane : 1),
    wording: {
      fr: `${name.fr} ${own.fr} ${when.fr} (${against.fr})`,
      en: `${name.en} ${own.en} ${when.en} (${against.en})`,
    },
  });
}

function judgeProfit(subject: Subject, record: ProfitRecord | null): Item {
  if (record === null) {
    return unknown({ fr: "régularité des bénéfices inconnue", en: "regularity of profits unknown" });
  }
  const { profitable, years } = record;
  return judged({
    max: subject.model.points.attractivite.rentabilite,
    fraction: record.enough ? 1 : 0,
    trust: trustOf(subject, record.accounts),
    wording: {
      fr: `${plural(profitable, "exercice bénéficiaire", "exercices bénéficiaires")} sur ${years.length} (${span(years)})`,
      en: `${profitable} of ${plural(years.length, "year", "years")} profitable (${span(years)})`,
    },
  });
}

function judgeEquity(subject: Subject, stated: Exercice | null): Item {
  if (stated === null) return unknown({ fr: "capitaux propres inconnus", en: "equity unknown" });
  const positive = (stated.capitaux_propres ?? 0) > 0;
  return judged({
    max: subject.model.points.attractivite.capitaux_propres,
    fraction: positive ? 1 : 0,
    trust: trustOf(subject, stated),
    wording: positive
      ? { fr: `capitaux propres positifs en ${stated.annee}`, en: `positive equity in ${stated.annee}` }
      : {
          fr: `capitaux propres négatifs ou nuls en ${stated.annee}`,
          en: `no positive equity in ${stated.annee}`,
        },
  });
}

interface Findings {
  margin: Reading | null;
  growth: Reading | null;
  profits: ProfitRecord | null;
  equity: Exercice | null;
}

/** "marge 6,6 %, croissance 4 %, 3 bénéfices sur 3, capitaux propres positifs": known parts only, in French. */
function valueOf({ margin, growth, profits, equity }: Findings): string | null {
  const parts = [
    margin && `marge ${percent(margin.ratio).fr}`,
    growth && `croissance ${percent(growth.ratio).fr}`,
    profits && `${plural(profits.profitable, "bénéfice", "bénéfices")} sur ${profits.years.length}`,
    equity && `capitaux propres ${(equity.capitaux_propres ?? 0) > 0 ? "positifs" : "négatifs ou nuls"}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(", ");
}

/** What a buyer would look at first in the accounts: 20 points. */
export function judgeAttractivite(subject: Subject): Assessment {
  const accounts = closedAccounts(subject);
  const margin = netMargin(accounts);
  const growth = turnoverGrowth(accounts);
  const profits = profitRecord(accounts);
  const equity = accounts.find(({ capitaux_propres }) => capitaux_propres !== null) ?? null;
  const latest = margin?.accounts ?? growth?.accounts ?? profits?.accounts ?? equity;
  const origin = latest === null ? null : subject.sources("details_financiers");
  return {
    code: "attractivite",
    title: TITLE,
    items: [
      judgeRatio(subject, "marge", margin),
      judgeRatio(subject, "croissance", growth),
      judgeProfit(subject, profits),
      judgeEquity(subject, equity),
    ],
    value: valueOf({ margin, growth, profits, equity }),
    source: origin?.source ?? null,
    as_of: latest?.cloture ?? origin?.as_of ?? null,
  };
}
