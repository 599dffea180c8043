import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { nafLabel, nafRange } from "../../../domain/companies/naf.ts";
import { readNaf } from "../../../domain/search/read-filter-value.ts";
import {
  LEAST_COMPANIES,
  SECTOR_SORTS,
  type SectorAnalytics,
  type SectorPage,
  type SectorSort,
} from "../../../domain/search/sector-analytics.ts";
import { base64url, fromBase64url } from "../../../lib/base64url.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { QueryText } from "../../company-filter-input.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { RequestInvalid } from "../../request-invalid.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { CursorInput, LimitInput } from "./schema.ts";

const figure = (description: string) =>
  z
    .number()
    .nullable()
    .openapi({ description: `${description}; null below ${LEAST_COMPANIES} companies` });

const SectorAnalyticsPage = z
  .object({
    data: z.array(
      z
        .object({
          code_naf: z.string().openapi({ description: "NAF rev. 2", example: "25.62B" }),
          libelle: z.string().nullable(),
          entreprises: z.int().openapi({ description: "Active companies" }),
          entreprises_notees: z.int().openapi({ description: "Those that have a score" }),
          score_moyen: figure("Average score"),
          score_p90: figure("Score that one in ten exceeds"),
          entreprises_avec_ca: z.int().openapi({ description: "Those whose turnover is known" }),
          ca_moyen: figure("Average turnover in euros"),
          ca_p90: figure("Turnover that one in ten exceeds, in euros"),
        })
        .openapi("SectorAnalytics"),
    ),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
    as_of: z.iso.datetime().nullable().openapi({ description: "When it was counted; null: no sector" }),
  })
  .openapi("SectorAnalyticsPage");

export const listSectorAnalyticsRoute = createRoute({
  method: "get",
  path: "/api/v2/analytics/sectors",
  operationId: "listSectorAnalytics",
  tags: ["Companies"],
  summary: "Compare sectors: companies, scores and turnover by NAF code",
  description:
    "Active companies by NAF rev. 2 code, counted every night. By code, or the highest figure first. A test key reads the same: these are statistics.",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: {
    query: closedObject({
      code_naf: QueryText.transform((text, context) => {
        const code = readNaf(text.trim());
        const range = code === null ? null : nafRange(code, "rev2");
        if (range !== null && range.version === "rev2") return range;
        context.addIssue({ code: "custom", message: "naf", params: { fault: "search.code_naf" } });
        return z.NEVER;
      })
        .openapi({
          type: "string",
          description: "Code, class, group, division or section of NAF rev. 2",
          example: "25",
        })
        .optional(),
      sort: QueryText.pipe(nameInput(SECTOR_SORTS))
        .openapi({ type: "string", enum: [...SECTOR_SORTS], description: "`code_naf` unless given" })
        .optional(),
      cursor: CursorInput.optional(),
      limit: LimitInput,
    }),
  },
  responses: {
    200: {
      description: "One page of sectors",
      content: { "application/json": { schema: SectorAnalyticsPage } },
    },
    ...COMMON_PROBLEMS,
  },
});

const Place = z.tuple([z.enum(SECTOR_SORTS), z.number().nullable(), z.string().regex(/^\d\d\.\d\d[A-Z]$/)]);

function cursorOf(sector: SectorAnalytics, sort: SectorSort): string {
  const value = sort === "code_naf" ? null : sector[sort];
  return base64url(new TextEncoder().encode(JSON.stringify([sort, value, sector.code_naf])));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** It tells nothing and opens nothing, so that it is not signed. Throws `RequestInvalid`. */
function placeOf(cursor: string | undefined, sort: SectorSort): SectorPage["after"] {
  if (cursor === undefined) return null;
  const bytes = fromBase64url(cursor);
  const place = Place.safeParse(bytes === null ? null : parsed(new TextDecoder().decode(bytes))).data;
  if (place !== undefined && place[0] === sort) return { value: place[1], code: place[2] };
  const params = { fault: "search.cursor" };
  throw new RequestInvalid(
    [{ code: "custom", path: ["cursor"], message: "cursor", params, input: cursor }],
    "query",
  );
}

/** Beyond a tenth of a point, or a euro, figures of so many companies say nothing. */
function rounded(value: number | null, decimals: number): number | null {
  return value === null ? null : Number(value.toFixed(decimals));
}

function sectorJson({ as_of: _counted, ...sector }: SectorAnalytics) {
  return {
    ...sector,
    libelle: nafLabel(sector.code_naf),
    score_moyen: rounded(sector.score_moyen, 1),
    score_p90: rounded(sector.score_p90, 1),
    ca_moyen: rounded(sector.ca_moyen, 0),
    ca_p90: rounded(sector.ca_p90, 0),
  };
}

export const listSectorAnalytics: RouteHandler<typeof listSectorAnalyticsRoute, AppEnv> = async (context) => {
  const { code_naf: range = null, sort = "code_naf", cursor, limit } = context.req.valid("query");
  const { analytics } = context.get("isolate").services.search;
  const page = { range, sort, after: placeOf(cursor, sort), limit: limit + 1 };
  const found = await analytics.sectors(page);
  const sectors = found.slice(0, limit);
  const last = sectors.at(-1);
  const has_more = found.length > limit;
  const next_cursor = has_more && last !== undefined ? cursorOf(last, sort) : null;
  const data = sectors.map(sectorJson);
  return context.json({ data, next_cursor, has_more, as_of: last?.as_of ?? null }, 200, PRIVATE_JSON);
};
