import type { SloTotals, SloWindow } from "./slo-points.ts";
import type { Tally } from "./slo-tallies.ts";
import { type Slo, SLOS } from "./slos.ts";

/** How fast the budget goes: 1 spends it in just the whole window. null: nothing happened meanwhile. */
export const BURN_WINDOWS = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const satisfies SloWindow[];
type BurnWindow = (typeof BURN_WINDOWS)[number];

/** `at_risk`: at the pace of the last 6 hours and of the last 30 minutes the budget will not last. */
export const SLO_STATUSES = ["met", "at_risk", "spent", "no_data"] as const;
export type SloStatus = (typeof SLO_STATUSES)[number];

export interface SloStanding extends Tally {
  slo: Slo;
  /** Bad events that the window's events allow, and the share of them that is left; negative: overspent. */
  allowed: number;
  leftRatio: number | null;
  burn: Record<BurnWindow, number | null>;
  status: SloStatus;
}

/** 1 - 0.999 is a little more than 0.001: what is spent to the last event must show as spent. */
function rounded(ratio: number): number {
  return Number(ratio.toFixed(6));
}

function burnOf({ objective }: Slo, { good, total }: Tally): number | null {
  return total === 0 ? null : rounded((total - good) / total / (1 - objective));
}

function statusOf(leftRatio: number | null, burn: Record<BurnWindow, number | null>): SloStatus {
  if (leftRatio === null) return "no_data";
  if (leftRatio <= 0) return "spent";
  return (burn["6h"] ?? 0) > 1 && (burn["30m"] ?? 0) > 1 ? "at_risk" : "met";
}

function standingOf(slo: Slo, windows: Record<SloWindow, Tally>): SloStanding {
  const { good, total } = windows["30d"];
  const spentRatio = burnOf(slo, windows["30d"]);
  const leftRatio = spentRatio === null ? null : rounded(1 - spentRatio);
  const burn = {
    "5m": burnOf(slo, windows["5m"]),
    "30m": burnOf(slo, windows["30m"]),
    "1h": burnOf(slo, windows["1h"]),
    "2h": burnOf(slo, windows["2h"]),
    "6h": burnOf(slo, windows["6h"]),
    "1d": burnOf(slo, windows["1d"]),
    "3d": burnOf(slo, windows["3d"]),
  };
  const allowed = rounded(total * (1 - slo.objective));
  return { slo, good, total, allowed, leftRatio, burn, status: statusOf(leftRatio, burn) };
}

/** Where each objective stands, in the order in which they are declared. */
export function sloReport(totals: SloTotals): SloStanding[] {
  return SLOS.flatMap((slo) => {
    const windows = totals[slo.id];
    return windows === undefined ? [] : [standingOf(slo, windows)];
  });
}

/** Whether events, if there were any, were worse than the objective. */
export function isBreached({ objective }: Slo, { good, total }: Tally): boolean {
  return total > 0 && good / total < objective;
}
