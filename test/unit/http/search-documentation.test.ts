import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listSectorAnalyticsRoute } from "../../../src/http/routes/search/list-sector-analytics.ts";
import { SearchQueryInput } from "../../../src/http/routes/search/schema.ts";
import { searchCompaniesRoute } from "../../../src/http/routes/search/search-companies.ts";

const PAGE = readFileSync("docs/search.md", "utf8");
const ROUTES = [searchCompaniesRoute, listSectorAnalyticsRoute];

const commands = [...PAGE.matchAll(/^curl (?:.|\\\n)+$/gm)].map(([command]) => {
  const path = /8787(\S+)/.exec(command)?.[1];
  const given = [...command.matchAll(/(?:-d|--data-urlencode) (?:"([^"]+)"|(\S+))/g)];
  const pairs = given.map(([, quoted, bare]) => (quoted ?? bare ?? "").split("=") as [string, string]);
  return { path, query: Object.fromEntries(pairs), command };
});

test("every search in the documentation is one that its route takes, but for the one shown as refused", () => {
  expect(commands.length).toBeGreaterThan(6);
  const refused = commands.filter(({ path, query }) => {
    const route = ROUTES.find((one) => one.path === path);
    return route?.request.query.safeParse(query).success !== true;
  });
  expect(refused.map(({ query }) => query)).toEqual([{ departement: "75", region: "84" }]);
});

test("every parameter is in the documentation", () => {
  const unnamed = Object.keys(SearchQueryInput.shape).filter((name) => !PAGE.includes(`\`${name}`));
  expect(unnamed).toEqual([]);
});
