import { describeDiscovery, type Discovery } from "../../../local/demo/discovery.ts";
import { describe, expect, test } from "vitest";
import { cacheLevel } from "../../../bench/cache-level.ts";
import { countOf } from "../../../local/count-of.ts";
import type { Estimate, ResultRow, Status } from "../../../local/demo/batch.ts";
import { companyTable, formatEuros } from "../../../local/demo/company-table.ts";
import type { Pass } from "../../../local/demo/pass.ts";
import {
  describeEstimate,
  describeOrigin,
  describeOutcome,
  describeSources,
  describeUnanswered,
} from "../../../local/demo/report.ts";
import { openTerminal, progress, type Terminal } from "../../../local/demo/terminal.ts";
import { subtractCalls, whatFailed, type DemoOutcome } from "../../../local/demo/verdict.ts";
import { UNKNOWN_COMPANY } from "../../../src/domain/companies/unknown-company.ts";
import type { Company } from "../../../src/domain/companies/company.ts";
import { noCounts, type Outcome } from "../../../src/domain/jobs/task.ts";

/** Keeps what was written; plain, or with visible marks where a colour would be. */
function paper(isInteractive = false): Terminal & { written: string[] } {
  const written: string[] = [];
  return {
    isInteractive,
    written,
    paint: (style, text) => (isInteractive ? `<${String(style)}>${text}` : text),
    line: (text) => void written.push(text),
    overwrite: (text) => void written.push(text),
  };
}

function company(more: Partial<Company> = {}): Company {
  return {
    ...UNKNOWN_COMPANY,
    siren: "552032534",
    nom_entreprise: "DANONE",
    statut: "active",
    code_naf: "70.10Z",
    effectif: 1234,
    chiffre_affaires: 6_240_000,
    contacts: [],
    ma_score: 74,
    score: null,
    sources: [],
    partial: false,
    missing: [],
    last_scraped_at: "2026-11-20T10:00:00.000Z",
    ...more,
  };
}

function found(more: Partial<Company> = {}): ResultRow {
  return {
    line: 2,
    input: "552032534",
    siren: "552032534",
    outcome: "enriched",
    reason: null,
    company: company(more),
  };
}

const unknown: ResultRow = {
  line: 3,
  input: "999000003",
  siren: "999000003",
  outcome: "not_found",
  reason: null,
};
const wrong: ResultRow = {
  line: 4,
  input: "552032535",
  siren: null,
  outcome: "invalid",
  reason: "check_digit",
};

function status(rows: ResultRow[], more: Partial<Status> = {}): Status {
  const counts: Record<Outcome, number> = noCounts();
  for (const { outcome } of rows) counts[outcome] += 1;
  return { task_id: "tsk_1", status: "completed", rows: rows.length, counts, ...more };
}

const estimate: Estimate = {
  rows: 3,
  distinct: 2,
  duplicates: 0,
  invalid: [{ line: 4, value: "552032535", reason: "check_digit" }],
  cache_hits: 0,
  cost: { credits: 2, euros: 0.04 },
  eta_seconds: 1,
};

function pass(more: Partial<Pass> = {}): Pass {
  const rows = more.rows ?? [found(), unknown, wrong];
  const queued = status([], { status: "queued", rows: 3 });
  return {
    taskId: "tsk_1",
    estimate,
    seen: [queued, status(rows)],
    rows,
    credits: 1,
    durationMs: 1_200,
    ...more,
  };
}

const discovery: Discovery = {
  found: [
    { siren: "552032534", nom_entreprise: "ATELIERS DURAND", ma_score: 74 },
    { siren: "562082909", nom_entreprise: null, ma_score: null },
  ],
  file: { path: "/project/.data/companies.csv", rows: 1, bytes: 812, intact: true },
};

/** The same with a file that is not as it should be. */
function fileOf(more: Partial<Discovery["file"]>): Discovery {
  return { ...discovery, file: { ...discovery.file, ...more } };
}

function outcome(more: Partial<DemoOutcome> = {}): DemoOutcome {
  return {
    first: pass(),
    second: pass({ credits: 0, durationMs: 100 }),
    firstCalls: { insee: 2, bodacc: 2, kaspr: 0 },
    secondCalls: { insee: 0, bodacc: 0, kaspr: 0 },
    discovery,
    ...more,
  };
}

test("the dry run is told with each refused line", () => {
  const lines = describeEstimate("f.csv", estimate, paper()).split("\n");
  expect(lines).toEqual([
    "f.csv: 3 rows, 2 companies to ask for, 0 repeated, 1 refused",
    "  line   4  552032535: check_digit",
    "Dry run: 0 fresh already, at most 2 credits (0.04 €), about 1 second.",
  ]);
});

test.each([
  ["isolate; hit", "isolate"],
  ["kv; hit, edge; fwd=miss, isolate; fwd=miss", "kv"],
  ["kv; hit; detail=stale, isolate; fwd=miss", "kv"],
  ["postgres; fwd=miss, kv; fwd=miss", "miss"],
  [null, "miss"],
])("Cache-Status %j means %s", (header, level) => {
  expect(cacheLevel(header)).toBe(level);
});

test.each([
  [null, "—"],
  [0, "0 €"],
  [950, "950 €"],
  [999.7, "1 k€"],
  [412_345, "412 k€"],
  [999_600, "1 M€"],
  [6_240_000, "6,24 M€"],
  [27_376_000_000, "27 400 M€"],
  [-1_500_000, "-1,5 M€"],
])("%s euros read %s", (amount, text) => {
  expect(formatEuros(amount).replaceAll(/\s/g, " ")).toBe(text);
});

describe("the table", () => {
  const liquidated = {
    ma_score: null,
    effectif: null,
    chiffre_affaires: 27_376_000_000,
    nom_entreprise: "SOCIÉTÉ TRÈS LONGUE DES ATELIERS RÉUNIS DE FRANCE ET D'AILLEURS",
    tranche_effectif: { code: "52", min: 5000, max: 9999, annee: 2023 },
    score: {
      ma_score: null,
      eligible: false,
      ineligible_reason: "liquidation_judiciaire",
      confidence: 0,
      coverage: 0,
      model: "m",
      contributions: [],
      computed_at: "2026-11-20T10:00:00.000Z",
    },
  };
  const lines = companyTable([found(liquidated), found({ ma_score: 12 }), found(), unknown], paper()).split(
    "\n",
  );

  test("best first, those without a score last and with a reason", () => {
    expect(lines).toHaveLength(4);
    expect(lines.map((line) => line.slice(78, 84).trim())).toEqual(["Score", "74", "12", "—"]);
    expect(lines[3]).toContain("in liquidation");
    expect(lines[3]).toContain("5 000+");
  });

  test("stays aligned within 120 columns, long names cut", () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(lines[3]?.slice(0, 32)).toBe("SOCIÉTÉ TRÈS LONGUE DES ATELI…  ");
  });
});

describe("the verdict", () => {
  test("nothing failed when all went as it must", () => {
    expect(whatFailed(outcome())).toEqual([]);
  });

  test.each([
    [
      "an unknown company that is found",
      { first: pass({ rows: [{ ...unknown, outcome: "enriched" }] }) },
      "line 3, 999000003: enriched",
    ],
    [
      "a company that is not",
      { first: pass({ rows: [{ ...found(), outcome: "upstream_error", reason: "insee:timeout" }] }) },
      "line 2, 552032534: upstream_error (insee:timeout)",
    ],
    [
      "a batch that did not end",
      { second: pass({ seen: [status([], { status: "failed" })] }) },
      "ended as failed",
    ],
    ["no event at all", { second: pass({ seen: [] }) }, "ended as nothing"],
    [
      "rows that do not add up",
      { first: pass({ seen: [status([found()], { rows: 4 })] }) },
      "4 rows, 1 counted, 3 listed",
    ],
    [
      "progress that goes back",
      {
        first: pass({
          seen: [status([found(), unknown], { rows: 3 }), status([], { rows: 3 }), ...pass().seen],
        }),
      },
      "progress went back",
    ],
    ["repeated calls", { secondCalls: { insee: 3 } }, "called again, 3 times"],
    ["credits spent again", { second: pass() }, "1 credit spent again"],
    ["a warm first pass", { first: pass({ estimate: { ...estimate, cache_hits: 1 } }) }, "stored already"],
    ["no call at all", { firstCalls: {} }, "no provider was called"],
    ["an empty search", { discovery: { ...discovery, found: [] } }, "no company found"],
    [
      "a search in another order",
      { discovery: { ...discovery, found: discovery.found.toReversed() } },
      "not the best score first",
    ],
    ["a file with too few rows", { discovery: fileOf({ rows: 0 }) }, "0 rows of 1 companies"],
    ["a file that was changed", { discovery: fileOf({ intact: false }) }, "not the one that was written"],
  ] satisfies [string, Partial<DemoOutcome>, string][])("%s is told", (_, more, message) => {
    expect(whatFailed(outcome(more)).join("\n")).toContain(message);
  });

  test("the summary names how rows ended and what was saved", () => {
    const text = describeOutcome(outcome(), paper());
    expect(text).toContain("saved 4 of 4 provider calls and was 12.0 times as fast");
    expect(text).toMatch(/Rows enriched +1 +1/);
    expect(text).toMatch(/Calls to insee +2 +0/);
    expect(text).toMatch(/Credits spent \(simulated\) +1 +0/);
    expect(text).not.toContain("kaspr");
    expect(text).not.toContain("cancelled");
    expect(describeUnanswered([unknown, wrong], paper())).toContain(
      "line   4  552032535      invalid check_digit",
    );
    expect(describeUnanswered([found()], paper())).toBe("");
    expect(subtractCalls({ insee: 5, bodacc: 1 }, { insee: 2 })).toEqual({ insee: 3, bodacc: 1 });
  });
});

test("the search and the file are told", () => {
  const lines = describeDiscovery(discovery, "/project").split("\n");
  expect(lines[1]).toMatch(/^ {2}552032534 {2}ATELIERS DURAND +74$/);
  expect(lines[2]).toMatch(/^ {2}562082909 {2}— +—$/);
  expect(lines[3]).toBe("Export     .data/companies.csv: 1 company, 812 bytes, as signed");
  expect(describeDiscovery(fileOf({ intact: false }), "/project")).toContain("NOT as signed");
});

test("it says what is asked, what would cost, and what is real", () => {
  expect(describeSources()).toContain("recherche_entreprises, insee, bodacc, ratios_inpi, pappers.");
  expect(describeSources()).toContain("pappers is a paid source");
  expect(describeOrigin()).toContain("but for 999000003");
});

test.each([
  [0, "0 migrations"],
  [1, "1 migration"],
  [2, "2 migrations"],
])("%s is written %s", (count, text) => {
  expect(countOf(count, "migration")).toBe(text);
});

test("a plural of its own is taken", () => {
  expect([countOf(1, "company", "companies"), countOf(2, "company", "companies")]).toEqual([
    "1 company",
    "2 companies",
  ]);
});

describe("the terminal", () => {
  test("elsewhere than in a terminal, a line every ten rows and at the end", () => {
    const terminal = paper();
    const report = progress(terminal, "Pass");
    for (let done = 1; done <= 23; done++) report(done, 23);
    report(23, 23);
    expect(terminal.written).toEqual(["Pass 10/23", "Pass 20/23", "Pass 23/23"]);
  });

  test("in a terminal, a bar", () => {
    const terminal = paper(true);
    const report = progress(terminal, "Pass");
    report(1, 2);
    report(2, 2);
    expect(terminal.written[0]).toBe(`Pass ${"█".repeat(15)}${"░".repeat(15)} 1/2`);
    expect(terminal.written.at(-1)).toBe("");
  });

  test.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: "1" }, false],
    [{ isTTY: true }, { TERM: "dumb" }, false],
    [{ isTTY: false }, {}, false],
  ])("colours on %j with %j: %s", (overrides, env, expected) => {
    const stream = Object.assign(Object.create(process.stdout), overrides);
    expect(openTerminal(stream, env).paint("red", "x") !== "x").toBe(expected);
  });
});
