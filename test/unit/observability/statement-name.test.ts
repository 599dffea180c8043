import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CompanyFilter } from "../../../src/domain/search/company-filter.ts";
import { nameStatement, statementText } from "../../../src/observability/statement-name.ts";
import {
  estimateStatement,
  searchStatement,
} from "../../../src/storage/postgres/company-search-statements.ts";

const nameOf = (text: string): string => nameStatement(text).name;

test.each([
  ["select siren from companies where siren = $1", "select_companies", "select"],
  ["SELECT 1", "select_none", "select"],
  ["select set_config('a', $1, true)", "select_set_config", "select"],
  [
    "select * from (select a, b from mv_ma_analytics) sectors where a = $1",
    "select_mv_ma_analytics",
    "select",
  ],
  ["insert into notes (id) values ($1)", "insert_notes", "insert"],
  ["update only tasks set status = $1", "update_tasks", "update"],
  ["delete from lists where id = $1", "delete_lists", "delete"],
  [
    "with gone as (delete from lists returning id) insert into audit_outbox select id from gone",
    "insert_audit_outbox",
    "insert",
  ],
  ["with one as (select 1) select id from tasks, one", "select_tasks", "select"],
  [
    "with act as (update lists set name = $1 returning id), audited as (insert into audit_outbox select id from act) select * from act",
    "update_lists",
    "update",
  ],
  ["refresh materialized view concurrently mv_ma_analytics", "refresh_mv_ma_analytics", "other"],
  ["vacuum", "other_none", "other"],
])("%s is called after its verb and its table", (text, begin, operation) => {
  const found = nameStatement(text);
  expect(found.name).toMatch(new RegExp(`^${begin}_[0-9a-f]{6}$`));
  expect(found.operation).toBe(operation);
});

test("neither white space, nor the numbers of parameters, nor how many rows are given changes a name", () => {
  const names = [
    "insert into t (a, b) values ($1, $2)",
    "insert into t (a, b)\n  values ($1, $2), ($3, $4)",
    "insert into t (a, b) values ($3,$4),  ($5,$6), ($7,$8)",
    "insert into t (a, b) values ($1, $2::text)",
    "insert into t (a, b) values ($1, $2::text), ($3, $4::text)",
  ].map(nameOf);
  expect(new Set(names.slice(0, 3)).size).toBe(1);
  expect(new Set(names.slice(3)).size).toBe(1);
  expect(nameOf("select a from t where b in ($1, $2, $3)")).toBe(
    nameOf("select a from t where b in ($4, $5)"),
  );
  expect(nameOf("select a\n from  t where b = $1")).toBe(nameOf("select a from t where b = $2"));
  expect(nameOf("select a from t where b = $1")).not.toBe(nameOf("select a from t where c = $1"));
});

test("what varies with a filter has one name, so that it takes one place among the labels", () => {
  const context = { organisationId: "org", now: 0 };
  const page = { sort: "score", reversed: false, after: null, limit: 20 } as const;
  const filters: CompanyFilter[] = [{}, { departement: ["69"] }, { score_min: 50, statut: "active" }];
  const names = filters.flatMap((filter) => [
    nameOf(searchStatement(filter, context, page).text),
    nameOf(estimateStatement(filter, context).text),
  ]);
  expect(new Set(names)).toEqual(new Set(["select_company_search", "select_company_estimate"]));
  expect(statementText("select_company_search")).toMatch(/^select c\.siren/);
});

test("a name is short, is a label, and stays the same when its text was forgotten", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      const name = nameOf(text);
      expect(name).toMatch(/^[a-z]+_[a-z0-9_]{1,40}_[0-9a-f]{6}$/);
      expect(nameOf(text)).toBe(name);
    }),
  );
  const text = "select forgotten from companies";
  const before = nameOf(text);
  expect(statementText(before)).toBe(text);
  for (let at = 0; at < 1_000; at++) nameOf(`select column_${at} from companies`);
  expect(statementText(before)).toBeNull();
  expect(nameOf(text)).toBe(before);
});

test("what is kept of a text is its beginning, without parameters", () => {
  const name = nameOf(`select ${"a, ".repeat(200)} b from companies where siren = $1`);
  expect(statementText(name)).toHaveLength(200);
  expect(statementText("select_nothing_000000")).toBeNull();
});

/** Of the driver's own methods, past the profiler. */
const PAST_IT = /(?:\bdb|database|#db)\)?\.(?:query|transaction)\(/;

test("nothing talks to the database but through the functions that are profiled", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const strays = files.filter((file) => PAST_IT.test(readFileSync(path.join("src", file), "utf8")));
  expect(strays).toEqual([path.join("storage", "postgres", "database.ts")]);
});
