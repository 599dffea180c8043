import { nafLabel, normaliseNaf } from "../domain/companies/naf.ts";

/**
 * Sorts activity codes by nomenclature, whatever key they came under: from January 2027 the registers' main code
 * is the 2025 one. `label` is the source's own, for want of ours.
 */
export function nafFields(codes: readonly (string | null)[], label: string | null = null) {
  const known = codes.map(normaliseNaf);
  const rev2 = known.find((naf) => naf?.version === "rev2")?.code ?? null;
  const revised = known.find((naf) => naf?.version === "2025")?.code ?? null;
  const ours = rev2 === null ? null : nafLabel(rev2);
  return { code_naf: rev2, code_naf_2025: revised, secteur_activite: ours ?? label };
}
