import type { TrancheEffectif } from "./company.ts";

/** INSEE size bands: the code is a label, the bounds are inclusive, null means no upper bound. */
export const TRANCHES_EFFECTIF: ReadonlyMap<string, { min: number; max: number | null }> = new Map([
  ["NN", { min: 0, max: 0 }],
  ["00", { min: 0, max: 0 }],
  ["01", { min: 1, max: 2 }],
  ["02", { min: 3, max: 5 }],
  ["03", { min: 6, max: 9 }],
  ["11", { min: 10, max: 19 }],
  ["12", { min: 20, max: 49 }],
  ["21", { min: 50, max: 99 }],
  ["22", { min: 100, max: 199 }],
  ["31", { min: 200, max: 249 }],
  ["32", { min: 250, max: 499 }],
  ["41", { min: 500, max: 999 }],
  ["42", { min: 1_000, max: 1_999 }],
  ["51", { min: 2_000, max: 4_999 }],
  ["52", { min: 5_000, max: 9_999 }],
  ["53", { min: 10_000, max: null }],
]);

/** The band of a code with the year it was observed; null when the code is not one of INSEE's. */
export function trancheEffectif(code: string | null, annee: number | null): TrancheEffectif | null {
  const band = code === null ? undefined : TRANCHES_EFFECTIF.get(code);
  return code === null || band === undefined ? null : { code, ...band, annee };
}
