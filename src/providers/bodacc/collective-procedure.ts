import type { ProcedureCollective } from "../../domain/companies/company.ts";
import { plain, toIsoDate } from "../dates.ts";
import type { Notice } from "./schema.ts";

type ProcedureType = ProcedureCollective["type"];

/** In this order: a conversion names both what it leaves and the liquidation it enters. */
const TYPES: readonly (readonly [ProcedureType, RegExp])[] = [
  ["liquidation_judiciaire", /liquidation judiciaire/],
  ["redressement_judiciaire", /redressement|plan de (?:continuation|cession)/],
  ["sauvegarde", /sauvegarde/],
];

/** An end: closed for want of assets or because all is paid, plan carried out, judgment reversed. */
const CLOSES =
  /\bcloture\b|fin de la procedure|plan execute|(?:bonne |constatant l')execution du plan|infirm|retractation/;

/** A plan gives the company back to its officers; a plan of sale gives it to somebody else, so is not an end. */
const PLAN_ADOPTED = /arretant (?:le|un) plan(?!.*cession)/;

const OPENS = /ouverture|conversion|resolution|reprise|prononcant.*(?:liquidation|redressement|sauvegarde)/;

/** Sanctions against a person, published in the same family. */
const SANCTIONS = /interdiction de gerer|faillite personnelle/;

interface Judgment {
  /** Its own date, which comes days before that of its notice. */
  date: string | null;
  headline: string;
  type: ProcedureType | null;
}

/**
 * The state of a company's collective procedure after all its judgments, read oldest first; null without any.
 * A failed plan (its "résolution") opens it again.
 */
export function collectiveProcedure(notices: readonly Notice[]): ProcedureCollective | null {
  return notices
    .filter((notice) => notice.familleavis === "collective")
    .map(toJudgment)
    .filter(({ headline }) => !SANCTIONS.test(headline))
    .toSorted((a, b) => (a.date ?? "").localeCompare(b.date ?? ""))
    .reduce<ProcedureCollective | null>(after, null);
}

function toJudgment({ jugement, dateparution }: Notice): Judgment {
  const headline = plain([jugement?.famille, jugement?.nature].join(" "));
  return {
    date: toIsoDate(jugement?.date) ?? toIsoDate(dateparution),
    headline,
    type: typeOf(headline) ?? typeOf(plain(jugement?.complementJugement ?? "")),
  };
}

function typeOf(text: string): ProcedureType | null {
  return TYPES.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

function after(state: ProcedureCollective | null, { date, headline, type }: Judgment): ProcedureCollective {
  if (CLOSES.test(headline) || PLAN_ADOPTED.test(headline)) {
    return { type: state?.type ?? type ?? "autre", date_debut: state?.date_debut ?? null, en_cours: false };
  }
  // Acts that follow an end (a creditor list, a late correction) do not reopen it; only an opening does.
  if (state?.en_cours === false && !OPENS.test(headline)) return state;
  const running = state?.en_cours === true ? state : null;
  return {
    type: type ?? running?.type ?? "autre",
    date_debut: running === null ? date : running.date_debut,
    en_cours: true,
  };
}
