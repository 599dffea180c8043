import { z } from "@hono/zod-openapi";
import { Company } from "../../../domain/companies/company.ts";
import { COMPANY_SORTS } from "../../../domain/search/company-filter.ts";
import {
  type Expansion,
  EXPANSIONS,
  MOST_EXPANDED,
  needsStates,
} from "../../../domain/search/expand-companies.ts";
import { closedObject, nameInput, unknownName } from "../../closed-object.ts";
import { FILTER_QUERY, queryNumber, QueryText, refuseContradictions } from "../../company-filter-input.ts";
import { CompanySummary } from "../../company-summary.ts";
import { fieldsInput } from "../../field-selection.ts";

const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

const FIELDS_EXAMPLE = "siren,nom_entreprise,siege.ville,ma_score";

const ExpandInput = QueryText.transform((text, context) => {
  const names = text.split(",").map((name) => name.trim());
  const known = new Set<Expansion>();
  for (const name of names.filter((one) => one !== "")) {
    const part = EXPANSIONS.find((one) => one === name);
    if (part === undefined) context.addIssue({ ...unknownName([], name, EXPANSIONS), input: text });
    else known.add(part);
  }
  return known;
}).openapi({
  type: "string",
  description: `Comma-separated parts of the company to add to each: ${EXPANSIONS.join(", ")}; \`limit\` is then ${MOST_EXPANDED} at most, except with \`contacts\` alone`,
  example: "score,dirigeants",
});

export const CursorInput = QueryText.openapi({
  type: "string",
  description: "`next_cursor` of the page before, with the same filters and order",
});

export const LimitInput = queryNumber(
  { min: 1, max: MAX_LIMIT },
  { description: `Entries of a page; ${DEFAULT_LIMIT} unless given` },
)
  .optional()
  .transform((limit = DEFAULT_LIMIT) => limit);

export const SearchQueryInput = closedObject({
  ...FILTER_QUERY,
  sort: QueryText.pipe(nameInput(COMPANY_SORTS))
    .openapi({
      type: "string",
      enum: [...COMPANY_SORTS],
      description: "`score` unless given; equal ones by SIREN",
    })
    .optional(),
  order: QueryText.pipe(nameInput(["asc", "desc"]))
    .openapi({
      type: "string",
      enum: ["asc", "desc"],
      description:
        "Names begin with A, all else with the highest, unless given; against that, companies whose value is unknown are left out",
    })
    .optional(),
  cursor: CursorInput.optional(),
  limit: LimitInput,
  fields: QueryText.pipe(fieldsInput(CompanySummary, FIELDS_EXAMPLE))
    .openapi({
      type: "string",
      description: "Comma-separated members of the summary to keep; a dot reaches inside",
      example: FIELDS_EXAMPLE,
    })
    .optional(),
  expand: ExpandInput.optional(),
}).superRefine((query, context) => {
  refuseContradictions(query, context);
  if (query.limit <= MOST_EXPANDED || !needsStates(query.expand ?? new Set())) return;
  const fault = "search.expand_limit";
  context.addIssue({ code: "custom", path: ["limit"], message: fault, params: { fault } });
});

export type SearchQueryInput = z.infer<typeof SearchQueryInput>;

const { score, dirigeants, details_financiers, etablissements, evenements, contacts, sources } =
  Company.shape;

export const CompanySearchPage = z
  .object({
    data: z.array(
      CompanySummary.extend({
        score,
        dirigeants,
        details_financiers,
        etablissements,
        evenements,
        contacts,
        sources,
        siege: CompanySummary.shape.siege
          .extend({
            siret: z.string().nullable().optional(),
            adresse: z.string().nullable().optional(),
            code_commune: z.string().nullable().optional(),
            latitude: z.number().nullable().optional(),
            longitude: z.number().nullable().optional(),
          })
          .nullable(),
      })
        .partial()
        .openapi("FoundCompany", {
          description: "What `fields` keeps of `CompanySummary`, and the parts that `expand` names",
        }),
    ),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
    estimated_total: z.int().openapi({
      description:
        "About how many companies the filter has: the database's estimate, never below what was seen; exact once `has_more` is false",
    }),
  })
  .openapi("CompanySearchPage");
