import { z } from "@hono/zod-openapi";
import { describe, expect, test } from "vitest";
import { closedObject, nameInput, splitUnknownKeys } from "../../../src/http/closed-object.ts";
import { type IssueText, issueText } from "../../../src/http/issue-texts.ts";
import type { Language } from "../../../src/http/problem-catalog.ts";

function textsOf(schema: z.ZodType, input: unknown, language: Language = "fr"): IssueText[] {
  const issues = splitUnknownKeys(schema.safeParse(input).error?.issues ?? []);
  return issues.map((issue) => issueText(issue, language));
}

describe("a bound says what it counts", () => {
  test.each<[string, z.ZodType, unknown, IssueText]>([
    [
      "an empty list",
      z.array(z.string()).min(1),
      [],
      { message: "Trop court : il faut au moins un élément.", fix: "Envoyez au moins un élément." },
    ],
    [
      "an empty text",
      z.string().min(1),
      "",
      { message: "Trop court : il faut au moins un caractère.", fix: "Envoyez au moins un caractère." },
    ],
    [
      "a long text",
      z.string().max(3),
      "abcd",
      { message: "Trop long : il faut au plus 3 caractères.", fix: "Envoyez au plus 3 caractères." },
    ],
    [
      "a number",
      z.number().min(0),
      -1,
      { message: "Trop petit : 0 au moins.", fix: "Envoyez un nombre supérieur ou égal à 0." },
    ],
  ])("%s", (_name, schema, input, text) => {
    expect(textsOf(schema, input)).toEqual([text]);
  });

  test("in English too", () => {
    expect(textsOf(z.array(z.string()).min(1), [], "en")).toEqual([
      { message: "Too short: at least one entry.", fix: "Send at least one entry." },
    ]);
  });
});

test("an unknown member is proposed the members", () => {
  expect(
    textsOf(closedObject({ name: z.string(), role: z.string() }), { name: "", role: "", rolle: "" }),
  ).toEqual([
    {
      message: "Champ inconnu : « rolle ».",
      fix: "Vouliez-vous dire « role » ? Champs possibles : name, role.",
    },
  ]);
});

test("a member that people send by mistake is told what to do instead", () => {
  const [text] = textsOf(closedObject({}, { format: "audit.format" }), { format: "csv" });
  expect(text?.fix).toContain("Accept: text/csv");
});

test("an unknown value is quoted, and proposed the values", () => {
  expect(textsOf(nameInput(["held", "settled"]), "setled", "en")).toEqual([
    { message: "Unknown value: `setled`.", fix: "Did you mean `settled`? Possible values: held, settled." },
  ]);
});
