import type { SandboxCompany } from "../world/company.ts";
import { addDays } from "../world/calendar.ts";
import { DURAND_SIREN } from "../world/documented-sirens.ts";
import { seeded } from "../world/random.ts";

export interface Period {
  from: string;
  to: string | null;
  active: boolean;
  activity: string;
  nomenclature: "NAFRev2" | "NAFRev1" | "NAF1993";
}

const REV2_START = "2008-01-01";
const REV1_START = "2003-01-01";
const NAF1993_START = "1993-01-01";

/** The codes of older nomenclatures have one digit less: "25.62B" was some "28.5D". */
function olderCode(siren: string, nomenclature: string): string {
  const random = seeded(siren, nomenclature);
  return `${random.int(10, 93)}.${random.int(1, 9)}${random.pick(["A", "B", "D", "Z"])}`;
}

/**
 * The periods of a company, newest first: one per nomenclature it lived through (and for the last, one per
 * registered change), then the one that opened with its closing down. The current one has no end.
 */
export function periodsOf({ siren, createdOn, ceasedOn, activity }: SandboxCompany): Period[] {
  const starts: string[] = [createdOn];
  for (const start of [NAF1993_START, REV1_START, REV2_START]) {
    if (start > createdOn) starts.push(start);
  }
  const moved = addDays(createdOn, seeded(siren, "period").int(300, 3000));
  if (moved > REV2_START && moved < (ceasedOn ?? "2026-01-01") && siren !== DURAND_SIREN) starts.push(moved);
  if (ceasedOn !== null) starts.push(ceasedOn);
  return starts
    .map((from, index): Period => {
      const next = starts[index + 1];
      const nomenclature = from >= REV2_START ? "NAFRev2" : from >= REV1_START ? "NAFRev1" : "NAF1993";
      return {
        from,
        to: next === undefined ? null : addDays(next, -1),
        active: ceasedOn === null || from !== ceasedOn,
        activity: nomenclature === "NAFRev2" ? activity.code : olderCode(siren, nomenclature),
        nomenclature,
      };
    })
    .toReversed();
}
