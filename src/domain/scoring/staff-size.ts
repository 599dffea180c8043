import type { Exercice } from "../companies/company.ts";
import { accountsAge, closedAccounts } from "./accounts.ts";
import { type Subject, trustOfAge } from "./assessment.ts";
import { yearsSince } from "./elapsed.ts";
import type { RuleModel, SizeBand } from "./rule-model.ts";
import { plural, type Wording } from "./wording.ts";

export interface StaffSize {
  band: SizeBand;
  trust: number;
  /** Field path the size was read from. */
  path: string;
  as_of: string | null;
}

function bandOfCount(count: number, { tranches }: RuleModel): SizeBand | null {
  return tranches.findLast(({ min }) => min <= count) ?? null;
}

function fromBand({ facts, model, at }: Subject): StaffSize | null {
  const declared = facts.tranche_effectif;
  if (declared === null) return null;
  const band = model.tranches.find(({ code }) => code === declared.code) ?? bandOfCount(declared.min, model);
  if (band === null) return null;
  const as_of = declared.annee === null ? null : `${declared.annee}-12-31`;
  const { effectif_ans, poids_ancien } = model.confiance;
  // From the first day of the year, so that a band of the running year is not taken for one of the future.
  const age = yearsSince(`${declared.annee}-01-01`, at);
  const trust = trustOfAge(age, effectif_ans, poids_ancien);
  return { band, trust, path: "tranche_effectif", as_of };
}

function fromCount(subject: Subject, count: number | null, accounts: Exercice | null): StaffSize | null {
  const { model, at } = subject;
  const band = count === null ? null : bandOfCount(count, model);
  if (band === null) return null;
  const { effectif_ans, poids_ancien } = model.confiance;
  const trust =
    accounts === null ? poids_ancien : trustOfAge(accountsAge(accounts, at), effectif_ans, poids_ancien);
  const path = accounts === null ? "effectif" : "details_financiers";
  return { band, trust, path, as_of: accounts?.cloture ?? null };
}

/** The most reliable statement of the staff; the register's band wins a tie. Null when nobody states one. */
export function staffSize(subject: Subject): StaffSize | null {
  const accounts = closedAccounts(subject).find(({ effectif }) => effectif !== null) ?? null;
  const statements = [
    fromBand(subject),
    fromCount(subject, accounts?.effectif ?? null, accounts),
    fromCount(subject, subject.facts.effectif, null),
  ];
  return statements.reduce(
    (best, next) => (next !== null && next.trust > (best?.trust ?? -1) ? next : best),
    null,
  );
}

export function staffWording({ code, min, max }: SizeBand): Wording {
  if (code === "NN") return { fr: "non employeuse", en: "not an employer" };
  if (max === 0) return { fr: "aucun salarié", en: "no staff" };
  if (max === null) return { fr: `${min} salariés ou plus`, en: `${min} staff or more` };
  return { fr: `${min} à ${plural(max, "salarié", "salariés")}`, en: `${min} to ${max} staff` };
}
