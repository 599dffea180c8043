import { z } from "@hono/zod-openapi";
import type {
  CompanyList as DomainList,
  ListedCompany as DomainEntry,
} from "../../../domain/pipeline/company-list.ts";
import { CompanySummary, companySummaryJson } from "../../company-summary.ts";
import { idParam, SirenParam, sirenInput } from "../../identifier-schema.ts";
import { Author, authorJson, cursorInput, PipelineStatusSchema } from "../pipeline/schema.ts";

const EXAMPLE_ID = "lst_0mhx2k9f4k7m2q8r5t1v3w6y9";
const ID = /^lst_[0-9A-Za-z]{1,40}$/;

export const ListParams = z.object({ id: idParam(EXAMPLE_ID) });
export const ListCompanyParams = z.object({ id: idParam(EXAMPLE_ID), siren: SirenParam });

export const ListCursor = cursorInput((text) => (ID.test(text) ? text : null));
export const ListCompanyCursor = cursorInput((text) => (/^[0-9]{9}$/.test(text) ? text : null));

/** There is no `siret` to send instead. */
export const ListSirenInput = sirenInput("lists.is_siret");

function ensureReadable(text: string, context: z.RefinementCtx): void {
  if (text.isWellFormed() && !/\p{Cc}/u.test(text)) return;
  context.addIssue({ code: "custom", message: "text", params: { fault: "text.unreadable" } });
}

/** Composed, so that two that look the same are the same. */
const LineInput = z.string().overwrite((text) => text.trim().normalize("NFC"));

export const ListNameInput = LineInput.min(1).max(100).superRefine(ensureReadable).openapi({
  description: "No other list of yours may have it, whatever the case",
  example: "Mécanique, Nord",
});

export const ListDescriptionInput = LineInput.max(500)
  .superRefine(ensureReadable)
  .nullable()
  .openapi({ example: "Cédants possibles avant 2028" });

export const WatchedInput = z
  .boolean()
  .openapi({ description: "Whether to tell what changes of its companies, from the next night on" });

const instant = z.iso.datetime();

export const CompanyList = z
  .object({
    list_id: z.string().openapi({ example: EXAMPLE_ID }),
    name: z.string(),
    description: z.string().nullable(),
    watched: z.boolean(),
    companies: z.int().min(0).openapi({ description: "How many are in it" }),
    created_at: instant,
    updated_at: instant.openapi({ description: "of its name, description or `watched`" }),
    created_by: Author,
  })
  .openapi("CompanyList");

export const ListedCompany = z
  .object({
    siren: z.string().openapi({ example: "552032534" }),
    added_at: instant,
    status: PipelineStatusSchema.nullable(),
    company: CompanySummary.nullable(),
  })
  .openapi("ListedCompany");

export function listJson(list: DomainList): z.infer<typeof CompanyList> {
  return {
    list_id: list.id,
    name: list.name,
    description: list.description,
    watched: list.watched,
    companies: list.companies,
    created_at: list.createdAt,
    updated_at: list.updatedAt,
    created_by: authorJson(list.createdBy),
  };
}

export function listedJson({ siren, addedAt, status, company }: DomainEntry): z.input<typeof ListedCompany> {
  return { siren, added_at: addedAt, status, company: company === null ? null : companySummaryJson(company) };
}
