import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { countOf } from "../../../local/count-of.ts";
import { readCompanyFile, type CompanyRow } from "../../../local/demo/company-file.ts";
import { companyTable, formatEuros } from "../../../local/demo/company-table.ts";
import { cacheLevel, type Answer } from "../../../local/demo/enrich.ts";
import {
  describeFile,
  describeOrigin,
  describeOutcome,
  describeSources,
  describeUnanswered,
} from "../../../local/demo/report.ts";
import { openTerminal, progress, type Terminal } from "../../../local/demo/terminal.ts";
import { hitRatio, subtractCalls, whatFailed, type DemoOutcome } from "../../../local/demo/verdict.ts";
import { UNKNOWN_COMPANY } from "../../../src/domain/companies/unknown-company.ts";
import type { Company } from "../../../src/domain/companies/company.ts";

const row: CompanyRow = { line: 2, siren: "552032534", name: "Danone" };
const unknownRow: CompanyRow = { line: 3, siren: "999000003", name: "Inconnue" };

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
    siren: row.siren,
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

function found(cache: string, more: Partial<Company> = {}): Answer {
  const credits = cache === "miss" ? 1 : 0;
  return { row, status: 200, company: company(more), cache, credits, problem: null };
}

const notFound: Answer = {
  row: unknownRow,
  status: 404,
  company: null,
  cache: "miss",
  credits: 0,
  problem: "enrichment.not_found",
};

function outcome(more: Partial<DemoOutcome> = {}): DemoOutcome {
  return {
    first: { answers: [found("miss"), notFound], durationMs: 1200 },
    second: { answers: [found("kv"), notFound], durationMs: 100 },
    firstCalls: { insee: 2, bodacc: 2, kaspr: 0 },
    secondCalls: { insee: 0, bodacc: 0, kaspr: 0 },
    ...more,
  };
}

describe("the file", () => {
  test("spaces, lost zeros, repeats and faults each get their due", () => {
    const file = readCompanyFile(
      "\u{FEFF}siren;nom\r\n552 032 534;Danone\r\n16750697;\r\n\r\n552032534;Encore\r\n552032535;Faute\r\nabc;\r\n1234567;\r\n000000000;\r\n",
    );
    expect(file.rows).toEqual([row, { line: 3, siren: "016750697", name: "" }]);
    expect(file.total).toBe(7);
    expect(file.warnings).toEqual([
      { line: 3, value: "16750697", text: "leading zero restored: 016750697" },
      { line: 5, value: "552032534", text: "same company as line 2, asked once" },
    ]);
    expect(file.rejected.map(({ line, text }) => [line, text])).toEqual([
      [6, "wrong check digit"],
      [7, "not a number"],
      [8, "not 9 digits"],
      [9, "nobody's number"],
    ]);
    expect(describeFile("f.csv", file, paper()).split("\n")).toHaveLength(7);
  });

  test("the one that is shipped has 31 companies, one unknown, and one of each fault", () => {
    const file = readCompanyFile(readFileSync("test/fixtures/companies.csv", "utf8"));
    expect(file.rows).toHaveLength(32);
    expect(file.rows.map(({ siren }) => siren)).toEqual(expect.arrayContaining(["999000003", "016750697"]));
    expect(file.rejected).toMatchObject([{ line: 34, text: "wrong check digit" }]);
    expect(file.warnings).toHaveLength(3);
  });
});

test.each([
  ["isolate; hit", "isolate"],
  ["kv; hit, edge; fwd=miss, isolate; fwd=miss", "kv"],
  ["kv; hit; detail=stale, isolate; fwd=miss", "kv"],
  ["postgres; fwd=miss, kv; fwd=miss", "miss"],
])("Cache-Status %j means %s", (header, level) => {
  expect(cacheLevel(header, null)).toBe(level);
});

test("without Cache-Status the list of sources tells", () => {
  const source = {
    name: "insee" as const,
    found: true,
    retrieved_at: "2026-11-20T10:00:00.000Z",
    age_seconds: 0,
    refresh_failure: null,
  };
  const of = (...caches: ("hit" | "miss" | "stale")[]): string =>
    cacheLevel(null, company({ sources: caches.map((cache) => ({ ...source, cache })) }));
  expect([of("hit", "hit"), of("hit", "miss"), of("stale"), of()]).toEqual(["hit", "miss", "stale", "miss"]);
  expect(cacheLevel(null, null)).toBe("miss");
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
  const lines = companyTable(
    [found("miss", liquidated), found("kv", { ma_score: 12 }), found("isolate"), notFound],
    paper(),
  ).split("\n");

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
    expect(hitRatio(outcome().second)).toBe(1);
    expect(hitRatio({ answers: [], durationMs: 1 })).toBe(0);
  });

  test.each([
    [
      "an unknown company that is found",
      { first: { answers: [{ ...found("miss"), row: unknownRow }], durationMs: 1 } },
      "200 instead of 404",
    ],
    [
      "a company that is not",
      { first: { answers: [{ ...notFound, row }], durationMs: 1 } },
      "404 instead of 200: enrichment.not_found",
    ],
    [
      "no answer",
      { second: { answers: [{ ...notFound, row, status: 0, problem: "refused" }], durationMs: 1 } },
      "no answer instead of 200: refused",
    ],
    [
      "a body that is no company",
      { first: { answers: [{ ...found("miss"), company: null, problem: "not a company" }], durationMs: 1 } },
      "not a company",
    ],
    [
      "a cold second pass",
      { second: { answers: [found("miss")], durationMs: 1 } },
      "552032534 did not come from a cache",
    ],
    ["repeated calls", { secondCalls: { insee: 3 } }, "called again, 3 times"],
    [
      "a warm first pass",
      { first: { answers: [found("kv")], durationMs: 1 } },
      "552032534 was already in a cache",
    ],
    ["no call at all", { firstCalls: {} }, "no provider was called"],
  ])("%s is told", (_, more, message) => {
    expect(whatFailed(outcome(more)).join("\n")).toContain(message);
  });

  test("the summary names what was saved and who answered", () => {
    const text = describeOutcome(outcome(), paper());
    expect(text).toContain("saved 4 of 4 provider calls and was 12.0 times as fast");
    expect(text).toContain("came from: kv 1");
    expect(text).toMatch(/Calls to insee +2 +0/);
    expect(text).toMatch(/Credits spent \(simulated\) +1 +0/);
    expect(text).not.toContain("kaspr");
    expect(describeUnanswered([notFound], paper())).toContain("999000003 Inconnue: 404 enrichment.not_found");
    expect(describeUnanswered([found("kv")], paper())).toBe("");
    expect(subtractCalls({ insee: 5, bodacc: 1 }, { insee: 2 })).toEqual({ insee: 3, bodacc: 1 });
  });
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

describe("the terminal", () => {
  test("elsewhere than in a terminal, a line every ten rows and at the end", () => {
    const terminal = paper();
    const report = progress(terminal, "Pass", 23);
    for (let done = 1; done <= 23; done++) report(done);
    expect(terminal.written).toEqual(["Pass 10/23", "Pass 20/23", "Pass 23/23"]);
  });

  test("in a terminal, a bar", () => {
    const terminal = paper(true);
    const report = progress(terminal, "Pass", 2);
    report(1);
    report(2);
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
