import { describe, expect, test } from "vitest";
import { closedObject, splitUnknownKeys } from "../../../src/http/closed-object.ts";
import {
  CompanyFilterBody,
  FILTER_QUERY,
  filterOf,
  refuseContradictions,
} from "../../../src/http/company-filter-input.ts";
import { issueText } from "../../../src/http/issue-texts.ts";
import { CompanyFilter } from "../../../src/domain/search/company-filter.ts";

const Query = closedObject(FILTER_QUERY).superRefine(refuseContradictions);

interface Schema {
  safeParse: (value: unknown) => ReturnType<typeof Query.safeParse>;
}

function refusals(schema: Schema, value: unknown): { path: string; fr: string; en: string }[] {
  const { error } = schema.safeParse(value);
  return splitUnknownKeys(error?.issues ?? []).map((issue) => ({
    path: issue.path.join("/"),
    fr: issueText(issue, "fr").fix,
    en: issueText(issue, "en").fix,
  }));
}

const paths = (schema: Schema, value: unknown): string[] => refusals(schema, value).map(({ path }) => path);

describe("a filter in an address", () => {
  test.each([
    [{ score_min: "70" }, { score_min: 70 }],
    [
      { score_min: "007", score_max: "7" },
      { score_min: 7, score_max: 7 },
    ],
    [{ ca_min: "-1000000000000" }, { ca_min: -1_000_000_000_000 }],
    [{ ville: "Saint-Étienne" }, { ville: ["saint etienne"] }],
    [{ ville: " St Étienne ,STE-MAXIME" }, { ville: ["saint etienne", "sainte maxime"] }],
    [{ ville: "Best" }, { ville: ["best"] }],
    [{ code_postal: "69003,01000,69003" }, { code_postal: ["01000", "69003"] }],
    [{ departement: "1,2a,974" }, { departement: ["01", "2A", "974"] }],
    [{ region: "ile de france,84" }, { region: ["11", "84"] }],
    [{ region: "Provence-Alpes-Côte d’Azur" }, { region: ["93"] }],
    [{ code_naf: "2562b,256,25.62,c,26" }, { code_naf: ["25.6", "25.62", "25.62B", "26", "C"] }],
    [
      { code_naf: "V", naf_version: "2025" },
      { code_naf: ["V"], naf_version: "2025" },
    ],
    [{ code_naf: "25.62Y" }, { code_naf: ["25.62Y"] }],
    [
      { code_postal: "01590", departement: "39", region: "27" },
      { code_postal: ["01590"], departement: ["39"], region: ["27"] },
    ],
    [
      { departement: "69,75", region: "84" },
      { departement: ["69", "75"], region: ["84"] },
    ],
    [{ forme_juridique: "5710,54,1" }, { forme_juridique: ["1", "54", "5710"] }],
    [
      { statut: "cessee", has_contacts: "false" },
      { statut: "cessee", has_contacts: false },
    ],
    [{ enriched_since: "2026-11-01" }, { enriched_since: "2026-11-01T00:00:00.000Z" }],
    [{ enriched_since: "2026-11-01T02:30:00.123456+02:00" }, { enriched_since: "2026-11-01T00:30:00.123Z" }],
    [{ q: "  Œuvre & l'Été " }, { q: "oeuvre l ete" }],
    [
      { departement: "69", region: "84", code_postal: "69003" },
      { departement: ["69"], region: ["84"], code_postal: ["69003"] },
    ],
    [
      { departement: "2A", code_postal: "20000" },
      { departement: ["2A"], code_postal: ["20000"] },
    ],
  ])("%j is read as %j", (given, expected) => {
    const read = filterOf(Query.parse(given));
    expect(read).toEqual(expected);
    expect(CompanyFilter.parse(read)).toEqual(expected);
  });

  test.each([
    ...[
      "",
      " ",
      "NaN",
      "1e3",
      "+5",
      " 5",
      "5 ",
      "1.0",
      "0x10",
      "Infinity",
      "70,80",
      "٧",
      "--1",
      "5\u0000",
    ].map((text): [object, string] => [{ score_min: text }, "score_min"]),
    [{ score_min: "-1" }, "score_min"],
    [{ score_max: "101" }, "score_max"],
    [{ ca_max: "9007199254740993" }, "ca_max"],
    [{ ca_min: "-1000000000001" }, "ca_min"],
    [{ effectif_min: "9".repeat(400) }, "effectif_min"],
    [{ age_max: "501" }, "age_max"],
    [{ score_min: ["1", "2"] }, "score_min"],
    [{ ville: ["lyon", "paris"] }, "ville"],
    [{ ville: "" }, "ville"],
    [{ ville: "!!!" }, "ville"],
    [{ ville: "\u0000" }, "ville"],
    [{ ville: "x".repeat(101) }, "ville"],
    [{ ville: "lyon,,paris" }, "ville/1"],
    [{ ville: Array(21).fill("lyon").join(",") }, "ville"],
    [{ code_postal: "1000" }, "code_postal"],
    [{ code_postal: "69 003" }, "code_postal"],
    [{ code_postal: "６９００３" }, "code_postal"],
    [{ departement: "20" }, "departement"],
    [{ departement: "96" }, "departement"],
    [{ departement: "69,,1" }, "departement/1"],
    [{ departement: "Rhône" }, "departement"],
    [{ region: "Bretange" }, "region"],
    [{ region: "5" }, "region"],
    [{ region: "" }, "region"],
    [{ code_naf: "25.62M" }, "code_naf"],
    [{ code_naf: "W" }, "code_naf"],
    [{ code_naf: "25.621" }, "code_naf"],
    [{ code_naf: "25%" }, "code_naf"],
    [{ code_naf: "V" }, "code_naf"],
    [{ forme_juridique: "571" }, "forme_juridique"],
    [{ forme_juridique: "SAS" }, "forme_juridique"],
    [{ statut: "actif" }, "statut"],
    [{ statut: "active,cessee" }, "statut"],
    [{ has_contacts: "1" }, "has_contacts"],
    [{ has_contacts: "TRUE" }, "has_contacts"],
    [{ enriched_since: "yesterday" }, "enriched_since"],
    [{ enriched_since: "2026-02-30" }, "enriched_since"],
    [{ enriched_since: "2026-11-01T02:30:00 02:00" }, "enriched_since"],
    [{ enriched_since: "2026-11-01T24:30:00Z" }, "enriched_since"],
    [{ enriched_since: "0001-01-01T00:00:00+02:00" }, "enriched_since"],
    [{ enriched_since: "9999-12-31T23:59:59-10:00" }, "enriched_since"],
    [{ q: "" }, "q"],
    [{ q: "%_\\" }, "q"],
    [{ q: "東京" }, "q"],
    [{ q: "a".repeat(101) }, "q"],
    [{ scoremin: "3" }, "scoremin"],
    [{ score_min: "80", score_max: "70" }, "score_min"],
    [{ ca_min: "1", ca_max: "0" }, "ca_min"],
    [{ effectif_min: "2", effectif_max: "1" }, "effectif_min"],
    [{ age_min: "10", age_max: "9" }, "age_min"],
    [{ departement: "75", region: "84" }, "departement"],
    [{ departement: "975", region: "84" }, "departement"],
    [{ departement: "75,13", region: "84" }, "departement"],
    [{ code_naf: "V" }, "code_naf"],
    [{ code_naf: "V,25", naf_version: "rev2" }, "code_naf"],
    [{ code_naf: "25.62B", naf_version: "2025" }, "code_naf"],
    [{ code_naf: "25.62Y", naf_version: "rev2" }, "code_naf"],
    [{ naf_version: "rev2" }, "naf_version"],
    [{ naf_version: "rev3", code_naf: "25" }, "naf_version"],
  ])("%j is refused at %s, with words of both languages", (given, path) => {
    const found = refusals(Query, given);
    expect(found.map((one) => one.path)).toEqual([path]);
    for (const { fr, en } of found) {
      expect(fr).not.toMatch(/\/docs/);
      expect(en).not.toMatch(/\/docs/);
      expect(fr).not.toBe(en);
    }
  });

  test("a name that is nearly a region's is answered with that one", () => {
    expect(refusals(Query, { region: "Bretange" })[0]?.en).toContain("`Bretagne`?");
    expect(refusals(Query, { departements: "69" })[0]?.fr).toContain("« departement »");
  });

  test("every fault is told, not only the first", () => {
    expect(paths(Query, { score_min: "x", q: "", nope: "1" })).toEqual(["score_min", "q", "nope"]);
  });
});

describe("a filter in a JSON body", () => {
  test.each([
    [{}, {}],
    [
      { score_min: 70, has_contacts: true },
      { score_min: 70, has_contacts: true },
    ],
    [{ ville: "Lyon,St-Étienne" }, { ville: ["lyon", "saint etienne"] }],
    [{ ville: ["Lyon", "Lyon"] }, { ville: ["lyon"] }],
    [
      { code_naf: ["C", "2562B"], naf_version: "rev2" },
      { code_naf: ["25.62B", "C"], naf_version: "rev2" },
    ],
    [
      { enriched_since: "2026-11-01", q: "Été" },
      { enriched_since: "2026-11-01T00:00:00.000Z", q: "ete" },
    ],
  ])("%j is read as %j", (given, expected) => {
    expect(CompanyFilterBody.parse(given)).toEqual(expected);
  });

  test.each([
    [{ score_min: "70" }, "score_min"],
    [{ score_min: 70.5 }, "score_min"],
    [{ score_min: null }, "score_min"],
    [{ ca_max: 5e15 }, "ca_max"],
    [{ score_min: 101 }, "score_min"],
    [{ has_contacts: "true" }, "has_contacts"],
    [{ departement: 69 }, "departement"],
    [{ departement: [69] }, "departement/0"],
    [{ departement: [] }, "departement"],
    [{ departement: ["69", "96"] }, "departement/1"],
    [{ code_postal: Array(21).fill("69003") }, "code_postal"],
    [{ q: 5 }, "q"],
    [{ statut: true }, "statut"],
    [{ score_mn: 3 }, "score_mn"],
    [{ score_min: 80, score_max: 70 }, "score_min"],
    [{ departement: "75", region: ["84"] }, "departement"],
  ])("%j is refused at %s", (given, path) => {
    expect(paths(CompanyFilterBody, given)).toEqual([path]);
  });

  test("an address and a body that ask the same give the same filter", () => {
    const text = Query.parse({ ville: "Lyon,Paris", score_min: "5", statut: "active", has_contacts: "true" });
    const json = CompanyFilterBody.parse({
      has_contacts: true,
      statut: "active",
      ville: ["PARIS", "lyon"],
      score_min: 5,
    });
    expect(filterOf(text)).toEqual(json);
  });
});
