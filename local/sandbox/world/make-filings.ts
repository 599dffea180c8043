import { addDays, isoDate, yearOf } from "./calendar.ts";
import type { Filing, Identity, Secrecy } from "./company.ts";
import { hasTrait, type Random, seeded } from "./random.ts";
import { reservedOutcomeOf } from "./reserved.ts";

interface Economy {
  turnover: number;
  headcount: number;
  growth: number;
  margin: number;
}

function round(amount: number): number {
  return Math.round(amount);
}

/** Staff inside the band; what a company without staff turns over is that of one or two people. */
export function headcountOf(identity: Identity): number {
  const { min, max } = identity.band;
  const skewed = seeded(identity.siren, "headcount").next() ** 1.6;
  return Math.min(max, min + Math.floor(skewed * (max - min + 1)));
}

function economyOf(identity: Identity): Economy {
  const random = seeded(identity.siren, "economy");
  const headcount = headcountOf(identity);
  const heads = headcount > 0 ? headcount : random.between(0.4, 2.2);
  return {
    turnover: heads * identity.activity.turnoverPerHead * random.between(0.65, 1.5),
    headcount,
    growth: random.between(-0.05, 0.13),
    margin: random.chance(0.16) ? random.between(-0.09, -0.005) : random.between(0.01, 0.13),
  };
}

function secrecyOf(identity: Identity, turnover: number): Secrecy {
  if (reservedOutcomeOf(identity.siren) === "confidential_accounts") return "total";
  if (reservedOutcomeOf(identity.siren) !== null) return "public";
  const draw = seeded(identity.siren, "secrecy").next();
  if (turnover < 900_000) {
    if (draw < 0.28) return "total";
    return draw < 0.4 ? "partial" : "public";
  }
  return turnover < 15_000_000 && draw < 0.16 ? "partial" : "public";
}

function balanceSheet(random: Random, turnover: number, result: number) {
  const assets = turnover * random.between(0.45, 1.1);
  const equity = assets * random.between(0.12, 0.62) + Math.min(0, result);
  const debt = Math.max(0, assets - equity) * random.between(0.05, 0.5);
  const cash = assets * random.between(0.03, 0.28);
  const workingCapitalNeed = turnover * random.between(-0.04, 0.22);
  return {
    assets: round(assets),
    equity: round(equity),
    debt: round(debt),
    cash: round(cash),
    workingCapitalNeed: round(workingCapitalNeed),
    netWorkingCapital: round(workingCapitalNeed + cash),
    liquidity: Number(random.between(0.7, 2.8).toFixed(1)),
  };
}

function incomeStatement(random: Random, turnover: number, margin: number) {
  const result = turnover * (margin + random.between(-0.02, 0.02));
  const ebit = result * 1.25 + turnover * random.between(0.002, 0.015);
  const ebitda = ebit + turnover * random.between(0.01, 0.04);
  return {
    turnover: round(turnover),
    result: round(result),
    ebit: round(ebit),
    ebitda: round(ebitda),
    grossMargin: round(turnover * random.between(0.35, 0.75)),
    addedValue: round(turnover * random.between(0.25, 0.55)),
    selfFinancing: round(result + (ebitda - ebit) * 0.8),
  };
}

function latestYear(random: Random, ceasedOn: string | null): number {
  const usual = random.weighted<number>([
    [2025, 72],
    [2024, 23],
    [2023, 5],
  ]);
  return ceasedOn === null ? usual : Math.min(usual, yearOf(ceasedOn) - 1);
}

function closingDay(random: Random, year: number): string {
  const [month, day] = random.weighted<readonly [number, number]>([
    [[12, 31], 80],
    [[6, 30], 9],
    [[9, 30], 7],
    [[3, 31], 4],
  ]);
  return isoDate(year, month, day);
}

/** Latest first. Sole traders file nothing, and some companies never do. */
export function makeFilings(identity: Identity, ceasedOn: string | null): Filing[] {
  if (identity.person) return [];
  const reserved = reservedOutcomeOf(identity.siren) !== null;
  if (!reserved && hasTrait(identity.siren, "never-files", 0.07)) return [];
  const random = seeded(identity.siren, "filings");
  const economy = economyOf(identity);
  const last = reserved ? 2025 : latestYear(random, ceasedOn);
  const first = Math.max(yearOf(identity.createdOn) + 1, last - random.int(1, 5));
  const month = closingDay(random, 2000).slice(4);
  const delay = random.int(140, 250);
  const secrecy = secrecyOf(identity, economy.turnover);
  const filings: Filing[] = [];
  for (let year = last; year >= first; year--) {
    const closedOn = `${year}${month}`;
    const turnover = (economy.turnover / (1 + economy.growth) ** (last - year)) * random.between(0.95, 1.05);
    const income = incomeStatement(random, turnover, economy.margin);
    filings.push({
      ...income,
      ...balanceSheet(random, turnover, income.result),
      year,
      closedOn,
      filedOn: addDays(closedOn, delay + random.int(-10, 20)),
      months: year === first && yearOf(identity.createdOn) === first - 1 ? 15 : 12,
      secrecy:
        year === last || reserved || secrecy === "public"
          ? secrecy
          : random.pick([secrecy, secrecy, "public"]),
      headcount: random.chance(0.2) ? null : headcountIn(economy.headcount, last - year),
    });
  }
  return reserved ? filings : withGaps(identity.siren, filings);
}

function headcountIn(headcount: number, yearsAgo: number): number {
  return Math.max(0, Math.round(headcount * 0.985 ** yearsAgo));
}

/** Some public accounts were keyed in without their turnover. */
function withGaps(siren: string, filings: Filing[]): Filing[] {
  if (!hasTrait(siren, "turnover-gap", 0.06)) return filings;
  return filings.map((filing, index) =>
    index === 1 ? { ...filing, turnover: null, headcount: null, grossMargin: null } : filing,
  );
}

/** Groups also file consolidated accounts, for the same closings. */
export function makeConsolidated(siren: string, filings: readonly Filing[]): Filing[] {
  const largest = filings[0]?.turnover ?? 0;
  if (largest < 20_000_000 || !hasTrait(siren, "consolidates", 0.5)) return [];
  const factor = seeded(siren, "consolidation").between(1.2, 2.4);
  const scale = (amount: number | null) => (amount === null ? null : round(amount * factor));
  return filings.map((filing) => ({
    ...filing,
    turnover: scale(filing.turnover),
    result: round(filing.result * factor),
    ebit: scale(filing.ebit),
    // Seen in the real data set: an EBITDA that only repeats the turnover.
    ebitda: scale(filing.turnover),
    headcount: scale(filing.headcount),
    equity: scale(filing.equity),
    assets: scale(filing.assets),
    debt: scale(filing.debt),
    cash: scale(filing.cash),
  }));
}
