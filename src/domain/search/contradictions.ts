import { regionOfDepartement } from "../companies/departement.ts";
import { nafRange, normaliseNaf } from "../companies/naf.ts";
import type { CompanyFilter } from "./company-filter.ts";

/** The member to change, and what is wrong with it; worded in `src/http/fault-texts/search.ts`. */
export interface Contradiction {
  member: keyof CompanyFilter;
  fault: string;
}

const RANGES = [
  ["score_min", "score_max", "score"],
  ["ca_min", "ca_max", "ca"],
  ["effectif_min", "effectif_max", "effectif"],
  ["age_min", "age_max", "age"],
] as const;

function emptyRanges(filter: CompanyFilter): Contradiction[] {
  return RANGES.flatMap(([least, most, name]) => {
    const [from, to] = [filter[least], filter[most]];
    return from === undefined || to === undefined || from <= to
      ? []
      : [{ member: least, fault: `search.${name}_range` }];
  });
}

/** Postal codes contradict no place: those of border communes begin as the next department's do. */
function misplaced({ departement, region }: CompanyFilter): Contradiction[] {
  if (departement === undefined || region === undefined) return [];
  const possible = departement.some((code) => region.includes(regionOfDepartement(code) ?? ""));
  return possible ? [] : [{ member: "departement", fault: "search.departement_region" }];
}

function misnamedActivities({ code_naf, naf_version }: CompanyFilter): Contradiction[] {
  if (code_naf === undefined)
    return naf_version === undefined ? [] : [{ member: "naf_version", fault: "search.naf_version_alone" }];
  const found: Contradiction[] = [];
  const foreign = code_naf.some((code) => {
    const whole = normaliseNaf(code);
    return whole !== null && naf_version !== undefined && whole.version !== naf_version;
  });
  if (foreign) found.push({ member: "code_naf", fault: "search.naf_version" });
  if (code_naf.some((code) => nafRange(code, naf_version ?? "rev2") === null))
    found.push({ member: "code_naf", fault: "search.code_naf_version" });
  return found;
}

/** Members that can't hold together, whatever the companies are. */
export function contradictions(filter: CompanyFilter): Contradiction[] {
  return [...emptyRanges(filter), ...misplaced(filter), ...misnamedActivities(filter)];
}
