import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { EXPORT_COLUMNS } from "../../../../src/domain/exports/columns.ts";
import { columnOfField, fieldOf } from "../../../../src/providers/airtable/fields.ts";

test("every column of an export has a field of its own", () => {
  const fields = EXPORT_COLUMNS.map(({ name }) => fieldOf(name));
  expect(new Set(fields).size).toBe(EXPORT_COLUMNS.length);
  for (const { name } of EXPORT_COLUMNS) expect(columnOfField(fieldOf(name))).toBe(name);
});

test("the guide names the field of every column, and its type", () => {
  const guide = readFileSync("docs/airtable.md", "utf8");
  const types = {
    text: "Single line text",
    integer: "Number, whole",
    number: "Number, decimals",
    date: "Date, ISO",
    datetime: "Date, ISO, with time",
  };
  for (const { name, type } of EXPORT_COLUMNS) {
    const row = guide.split("\n").find((line) => line.startsWith(`| \`${name}\` `));
    const cells = row?.split("|").map((cell) => cell.trim());
    expect(cells?.slice(1, 4)).toEqual([`\`${name}\``, fieldOf(name), types[type]]);
  }
});

test("a name that is no column has no field", () => {
  expect(() => fieldOf("inconnue")).toThrow("inconnue");
  expect(columnOfField("Inconnue")).toBeNull();
});
