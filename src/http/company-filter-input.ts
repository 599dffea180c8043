import { z } from "@hono/zod-openapi";
import { REGIONS } from "../domain/companies/departement-table.ts";
import type { CompanyFilter } from "../domain/search/company-filter.ts";
import { contradictions } from "../domain/search/contradictions.ts";
import {
  readCity,
  readDepartement,
  readLegalForm,
  readMoment,
  readNaf,
  readPostalCode,
  readQuery,
  readRegion,
} from "../domain/search/read-filter-value.ts";
import { closedObject, nameInput, unknownName } from "./closed-object.ts";

const MAX_VALUES = 20;

const SCORE = { min: 0, max: 100 };
const EUROS = { min: -1_000_000_000_000, max: 1_000_000_000_000 };
const STAFF = { min: 0, max: 10_000_000 };
const YEARS = { min: 0, max: 500 };

interface Bounds {
  min: number;
  max: number;
}

interface Documentation {
  description: string;
  example?: string;
}

/** null: refused with `fault`, or as an unknown name where there are `names`. */
interface ValueReading {
  read: (text: string) => string | null;
  fault: string;
  names?: readonly string[];
}

const VILLE: ValueReading = { read: readCity, fault: "search.ville" };
const CODE_POSTAL: ValueReading = { read: readPostalCode, fault: "search.code_postal" };
const DEPARTEMENT: ValueReading = { read: readDepartement, fault: "search.departement" };
const REGION: ValueReading = { read: readRegion, fault: "search.region", names: [...REGIONS.values()] };
const CODE_NAF: ValueReading = { read: readNaf, fault: "search.code_naf" };
const FORME_JURIDIQUE: ValueReading = { read: readLegalForm, fault: "search.forme_juridique" };
const MOMENT: ValueReading = { read: readMoment, fault: "search.moment" };
const NAME: ValueReading = { read: readQuery, fault: "search.q" };

type Refuse = (issue: z.core.$ZodRawIssue) => void;

function custom(fault: string, input: unknown): z.core.$ZodRawIssue {
  return { code: "custom", message: fault, params: { fault }, path: [], input };
}

function readValue(text: string, { read, fault, names }: ValueReading): string | z.core.$ZodRawIssue {
  const given = text.trim();
  const value = read(given);
  if (value !== null) return value;
  return names === undefined || given === ""
    ? custom(fault, text)
    : { ...unknownName([], given, names), input: text };
}

/** Sorted and without repeats: what means the same is written the same. */
function readValues(texts: readonly string[], reading: ValueReading, refuse: Refuse): string[] {
  const values = new Set<string>();
  if (texts.length > MAX_VALUES) {
    refuse({ code: "too_big", origin: "array", maximum: MAX_VALUES, inclusive: true, input: texts });
    return [];
  }
  for (const [index, text] of texts.entries()) {
    const value = readValue(text, reading);
    if (typeof value === "string") values.add(value);
    else refuse({ ...value, path: texts.length > 1 ? [index] : [] });
  }
  return [...values].toSorted();
}

/** A parameter of an address, once: a second one of the same name is no second value. */
export const QueryText = z.union([z.string(), z.array(z.string())]).transform((value, context) => {
  if (typeof value === "string") return value;
  context.issues.push(custom("search.repeated", value));
  return z.NEVER;
});

/** A whole number in digits, within bounds. */
export function queryNumber({ min, max }: Bounds, documentation: Documentation) {
  return QueryText.transform((text, context) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text)) context.issues.push(custom("search.number", text));
    else if (value < min)
      context.issues.push({
        code: "too_small",
        origin: "number",
        minimum: min,
        inclusive: true,
        input: text,
      });
    else if (value > max)
      context.issues.push({ code: "too_big", origin: "number", maximum: max, inclusive: true, input: text });
    return value;
  }).openapi({ type: "integer", minimum: min, maximum: max, ...documentation });
}

/** How each kind of member is written: in an address, all is text; in JSON, numbers are numbers. */
interface Notation {
  number: (bounds: Bounds, documentation: Documentation) => z.ZodType<number>;
  text: (reading: ValueReading, documentation: Documentation) => z.ZodType<string>;
  list: (reading: ValueReading, documentation: Documentation) => z.ZodType<string[]>;
  choice: <const Name extends string>(
    names: readonly Name[],
    documentation: Documentation,
  ) => z.ZodType<Name>;
  flag: (documentation: Documentation) => z.ZodType<boolean>;
}

function oneValue(schema: z.ZodType<string>, reading: ValueReading, documentation: Documentation) {
  return schema
    .transform((text, context) => {
      const value = readValue(text, reading);
      if (typeof value === "string") return value;
      context.issues.push(value);
      return z.NEVER;
    })
    .openapi({ type: "string", ...documentation });
}

const IN_ADDRESS: Notation = {
  number: queryNumber,
  text: (reading, documentation) => oneValue(QueryText, reading, documentation),
  list: (reading, { description, ...documentation }) =>
    QueryText.transform((text, context) =>
      readValues(text.split(","), reading, (issue) => context.issues.push(issue)),
    ).openapi({
      type: "string",
      description: `${description}; up to ${MAX_VALUES}, comma-separated`,
      ...documentation,
    }),
  choice: (names, documentation) =>
    QueryText.pipe(nameInput(names)).openapi({ type: "string", enum: [...names], ...documentation }),
  flag: (documentation) =>
    QueryText.pipe(nameInput(["true", "false"]))
      .transform((text) => text === "true")
      .openapi({ type: "boolean", ...documentation }),
};

const IN_JSON: Notation = {
  number: ({ min, max }, { description }) => z.int().min(min).max(max).openapi({ description }),
  text: (reading, documentation) => oneValue(z.string(), reading, documentation),
  list: (reading, { description, example }) =>
    z
      .preprocess(
        (value: unknown) => (typeof value === "string" ? value.split(",") : value),
        z.array(z.string()).min(1),
      )
      .transform((texts, context) => readValues(texts, reading, (issue) => context.issues.push(issue)))
      .openapi({
        type: "array",
        items: { type: "string" },
        maxItems: MAX_VALUES,
        description,
        ...(example === undefined ? {} : { example: example.split(",") }),
      }),
  choice: (names, { description }) => nameInput(names).openapi({ description }),
  flag: ({ description }) => z.boolean().openapi({ description }),
};

function members({ number, text, list, choice, flag }: Notation) {
  return {
    score_min: number(SCORE, { description: "M&A score, inclusive as every bound" }).optional(),
    score_max: number(SCORE, { description: "M&A score" }).optional(),
    ca_min: number(EUROS, { description: "Turnover in whole euros" }).optional(),
    ca_max: number(EUROS, { description: "Turnover in whole euros" }).optional(),
    effectif_min: number(STAFF, {
      description: "Staff of the latest accounts, else the least of the INSEE band",
    }).optional(),
    effectif_max: number(STAFF, { description: "As `effectif_min`" }).optional(),
    ville: list(VILLE, {
      description: "City, however it is written",
      example: "lyon,saint-etienne",
    }).optional(),
    code_postal: list(CODE_POSTAL, { description: "Five digits", example: "69003" }).optional(),
    departement: list(DEPARTEMENT, { description: "INSEE code", example: "69,2A" }).optional(),
    region: list(REGION, { description: "INSEE code or name", example: "84" }).optional(),
    code_naf: list(CODE_NAF, {
      description: "Code, class, group, division or section",
      example: "25.62B,26",
    }).optional(),
    naf_version: choice(["rev2", "2025"], {
      description: "Of codes that are not whole; rev2 unless given",
    }).optional(),
    forme_juridique: list(FORME_JURIDIQUE, {
      description: "INSEE legal category, or its first one or two digits",
      example: "5710,54",
    }).optional(),
    age_min: number(YEARS, { description: "Whole years since the creation" }).optional(),
    age_max: number(YEARS, { description: "Whole years since the creation" }).optional(),
    statut: choice(["active", "cessee"], { description: "In the register" }).optional(),
    has_contacts: flag({
      description: "Whether your organisation has an e-mail or a telephone number there",
    }).optional(),
    enriched_since: text(MOMENT, {
      description: "RFC 3339 moment, or a day",
      example: "2026-11-01",
    }).optional(),
    q: text(NAME, {
      description: "Words of the name, 1 to 100 characters; accents and case don't matter",
      example: "ateliers durand",
    }).optional(),
  };
}

/** The members of a filter in an address, for `closedObject`; with `refuseContradictions` on the whole of it. */
export const FILTER_QUERY = members(IN_ADDRESS);

const FILTER_NAMES = Object.keys(FILTER_QUERY);

/** For `superRefine`: one issue per member that another one contradicts. */
export function refuseContradictions(filter: CompanyFilter, context: z.RefinementCtx): void {
  for (const { member, fault } of contradictions(filter)) {
    context.addIssue({ code: "custom", path: [member], message: fault, params: { fault } });
  }
}

/** The filter alone, of a query that has other parameters beside it. */
export function filterOf(query: CompanyFilter & Record<string, unknown>): CompanyFilter {
  const entries = Object.entries(query);
  return Object.fromEntries(
    entries.filter(([name, value]) => FILTER_NAMES.includes(name) && value !== undefined),
  );
}

/** The same filter as JSON: numbers and booleans as such, a list as an array or as one text. Gives `CompanyFilter`. */
export const CompanyFilterBody = closedObject(members(IN_JSON))
  .superRefine(refuseContradictions)
  .openapi("CompanyFilter");
