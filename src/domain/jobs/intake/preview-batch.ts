import { MOST_CREDITS } from "../../usage/call-paid.ts";
import { costMicros, type CreditPrices } from "../../usage/money.ts";
import { monthOf } from "../../usage/month.ts";
import type { UsageReports } from "../../usage/ports.ts";
import { type BatchPace, estimateSeconds } from "../estimate-seconds.ts";
import type { Wanted } from "./accept-task.ts";
import type { FileLayout } from "./file-reader.ts";
import type { Intake } from "./intake.ts";
import type { FreshCompanies, FreshCopies } from "./ports.ts";
import type { RowTotals } from "./row-collector.ts";

export interface PreviewDeps {
  freshCompanies: FreshCompanies;
  reports: Pick<UsageReports, "month">;
  creditPrices: CreditPrices;
  pace: BatchPace;
  now: number;
}

export interface BatchPreview {
  totals: RowTotals;
  /** null: not a file. */
  layout: FileLayout | null;
  /** Companies that would be answered without asking anybody. */
  cacheHits: number;
  credits: number;
  micros: number;
  /** null: no paid source is named. */
  budget: { leftMicros: number | null; covers: boolean } | null;
  etaSeconds: number;
}

const NOTHING_STORED: FreshCopies = { all: 0, bySource: new Map() };

async function budgetOf(
  { reports, now }: PreviewDeps,
  organisationId: string,
  micros: number,
): Promise<BatchPreview["budget"]> {
  const { budgetMicros, spentMicros, reservedMicros } = await reports.month(organisationId, monthOf(now));
  const leftMicros = budgetMicros === null ? null : Math.max(0, budgetMicros - spentMicros - reservedMicros);
  return { leftMicros, covers: leftMicros === null || micros <= leftMicros };
}

/**
 * What a batch would do, by reading it to its end: nothing is stored, asked or spent. `mode` test: invented companies,
 * which cost nothing. Throws what the intake throws, and `StorageUnavailable`.
 */
export async function previewBatch(
  deps: PreviewDeps,
  caller: { organisationId: string; mode: "live" | "test" },
  { intake, wanted }: { intake: Intake; wanted: Wanted },
): Promise<BatchPreview> {
  for await (const rows of intake.rows) void rows;
  const totals = intake.totals();
  const live = caller.mode === "live";
  const fresh = live ? await deps.freshCompanies.count(intake.sirens(), wanted, deps.now) : NOTHING_STORED;
  const planned = wanted.sources.map((source) => ({
    source,
    calls: live ? totals.distinct - (fresh.bySource.get(source) ?? 0) : 0,
  }));
  const paid = planned.map(({ source, calls }) => ({ source, credits: calls * (MOST_CREDITS[source] ?? 0) }));
  const micros = paid.reduce(
    (sum, { source, credits }) => sum + costMicros(deps.creditPrices, source, credits),
    0,
  );
  const companies = live ? totals.distinct - fresh.all : 0;
  const names = wanted.sources.some((source) => MOST_CREDITS[source] !== undefined);
  return {
    totals,
    layout: intake.layout(),
    cacheHits: fresh.all,
    credits: paid.reduce((sum, { credits }) => sum + credits, 0),
    micros,
    budget: names ? await budgetOf(deps, caller.organisationId, micros) : null,
    etaSeconds: estimateSeconds({ companies, calls: planned }, deps.pace),
  };
}
