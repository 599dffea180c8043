import type { Exercice } from "../companies/company.ts";
import type { Subject } from "./assessment.ts";
import { yearsSince } from "./elapsed.ts";

/** Accounts closed on or before the day of the score, latest first. */
export function closedAccounts({ facts, at }: Pick<Subject, "facts" | "at">): Exercice[] {
  return facts.details_financiers
    .filter(({ annee, cloture }) => yearsSince(cloture ?? lastDay(annee), at) !== null)
    .toSorted((a, b) => b.annee - a.annee);
}

/** The latest day that accounts of this year can close on. */
export function lastDay(year: number): string {
  return `${String(year).padStart(4, "0")}-12-31`;
}

/** Years since the closing date; without one, since the first day it can be, so hiding it never looks fresher. */
export function accountsAge({ annee, cloture }: Exercice, at: number): number | null {
  return yearsSince(cloture ?? `${String(annee).padStart(4, "0")}-01-01`, at);
}

export interface Reading {
  /** A fraction: 0.04 is 4 %. */
  ratio: number;
  accounts: Exercice;
}

/** Net result over turnover, latest accounts that state both. */
export function netMargin(accounts: Exercice[]): Reading | null {
  for (const year of accounts) {
    const { chiffre_affaires: turnover, resultat } = year;
    if (turnover !== null && turnover > 0 && resultat !== null)
      return { ratio: resultat / turnover, accounts: year };
  }
  return null;
}

function isComparable(a: Exercice, b: Exercice): boolean {
  return a.comptes === null || b.comptes === null || a.comptes === b.comptes;
}

function months({ duree_mois }: Exercice): number {
  return duree_mois !== null && duree_mois > 0 ? duree_mois : 12;
}

/** Change of yearly turnover between the two latest consecutive years that can be compared. */
export function turnoverGrowth(accounts: Exercice[]): Reading | null {
  for (const year of accounts) {
    const before = accounts.find(({ annee }) => annee === year.annee - 1);
    if (before === undefined || !isComparable(year, before)) continue;
    const now = year.chiffre_affaires;
    const then = before.chiffre_affaires;
    if (now === null || now < 0 || then === null || then <= 0) continue;
    return { ratio: (now / then) * (months(before) / months(year)) - 1, accounts: year };
  }
  return null;
}

export interface ProfitRecord {
  profitable: number;
  /** The years whose result is known, oldest first. */
  years: number[];
  enough: boolean;
  accounts: Exercice;
}

/**
 * Profit in two of three years, over the latest window where the known results decide it: two profits or two
 * losses settle it whatever the third is, one of each does not.
 */
export function profitRecord(accounts: Exercice[]): ProfitRecord | null {
  for (const year of accounts) {
    if (year.resultat === null) continue;
    const window = accounts.filter(({ annee }) => annee <= year.annee && annee > year.annee - 3);
    const known = window.filter(({ resultat }) => resultat !== null);
    const profitable = known.filter(({ resultat }) => (resultat ?? 0) > 0).length;
    const losses = known.length - profitable;
    if (profitable < 2 && losses < 2) continue;
    const years = known.map(({ annee }) => annee).toSorted((a, b) => a - b);
    return { profitable, years, enough: profitable >= 2, accounts: year };
  }
  return null;
}
