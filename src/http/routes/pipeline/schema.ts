import { z } from "@hono/zod-openapi";
import type { Author as DomainAuthor } from "../../../domain/pipeline/author.ts";
import type {
  CompanyStatus as DomainStatus,
  PipelineEntry as DomainEntry,
  PipelinePlace,
} from "../../../domain/pipeline/ports.ts";
import { PIPELINE_STATUSES, STATUS_LABELS, type PipelineStatus } from "../../../domain/pipeline/status.ts";
import { nameInput, unknownName } from "../../closed-object.ts";
import { CompanySummary, companySummaryJson } from "../../company-summary.ts";
import { SirenParam } from "../../identifier-schema.ts";

const MAX_LIMIT = 200;

const instant = z.iso.datetime();

export const CompanyParams = z.object({ siren: SirenParam });

export const LimitInput = z.coerce.number().int().min(1).max(MAX_LIMIT).default(50);

/** A cursor of one of the lists here; whatever `read` makes null of is refused. */
export function cursorInput<Place>(read: (text: string) => Place | null) {
  return z
    .string()
    .transform((text, context) => {
      const place = read(text);
      if (place !== null) return place;
      context.addIssue({ code: "custom", message: "cursor", params: { fault: "pipeline.cursor" } });
      return z.NEVER;
    })
    .openapi({ type: "string", description: "`next_cursor` of the page before" });
}

/** Of those who made or changed something. */
export const Author = z
  .object({
    kind: z.enum(["user", "key"]).openapi({ description: "a person, or an API key" }),
    id: z.string().nullable(),
    name: z.string().nullable().openapi({ description: "as it is now; null once gone" }),
  })
  .meta({ id: "Author" });

export function authorJson({ kind, id, name }: DomainAuthor): z.infer<typeof Author> {
  return { kind, id, name };
}

const LABELS = PIPELINE_STATUSES.map((status) => `\`${status}\`: ${STATUS_LABELS[status].en.toLowerCase()}`);

export const PipelineStatusSchema = z
  .enum(PIPELINE_STATUSES)
  .openapi({ description: LABELS.join("; "), example: "en_discussion" });

export const StatusInput = nameInput(PIPELINE_STATUSES).openapi({ example: "en_discussion" });

/** Comma-separated; each unknown one is named. */
export const StatusesInput = z
  .string()
  .transform((text, context) => {
    const given = [...new Set(text.split(",").map((name) => name.trim()))];
    return given.flatMap((name): PipelineStatus[] => {
      const known = PIPELINE_STATUSES.find((one) => one === name);
      if (known !== undefined) return [known];
      context.addIssue({ ...unknownName([], name, PIPELINE_STATUSES), input: text });
      return [];
    });
  })
  .openapi({
    type: "string",
    description: "One or several, comma-separated",
    example: "offre,en_discussion",
  });

const statusShape = {
  siren: z.string().openapi({ example: "552032534" }),
  status: PipelineStatusSchema,
  changed_at: instant,
  changed_by: Author,
};

export const CompanyStatus = z.object(statusShape).openapi("CompanyStatus");

export const PipelineEntry = z
  .object({
    ...statusShape,
    company: CompanySummary.nullable(),
  })
  .openapi("PipelineEntry");

export function statusJson(status: DomainStatus): z.infer<typeof CompanyStatus> {
  return {
    siren: status.siren,
    status: status.status,
    changed_at: status.changedAt,
    changed_by: authorJson(status.changedBy),
  };
}

export function entryJson({ company, ...status }: DomainEntry): z.input<typeof PipelineEntry> {
  return { ...statusJson(status), company: company === null ? null : companySummaryJson(company) };
}

const PLACE = /^([0-9a-z]{9})-([0-9]{9})$/;

/** The text of a place between two entries, as `readPlace` reads it. */
export function placeText({ changedAt, siren }: PipelinePlace): string {
  return `${changedAt.toString(36).padStart(9, "0")}-${siren}`;
}

export function readPlace(text: string): PipelinePlace | null {
  const [, time = "", siren = ""] = PLACE.exec(text) ?? [];
  return siren === "" ? null : { changedAt: Number.parseInt(time, 36), siren };
}
