import { z } from "@hono/zod-openapi";
import { Company } from "../domain/companies/company.ts";
import { nameInput, unknownName } from "./closed-object.ts";

/** A selection as a tree: `null` keeps all below it. */
export type Selection = Map<string, Selection | null>;

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodArray) return unwrap(schema.element);
  return schema;
}

function pathsOf(schema: z.core.$ZodType, prefix = ""): string[] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape).flatMap(([name, member]) => [
    `${prefix}${name}`,
    ...pathsOf(member, `${prefix}${name}.`),
  ]);
}

const MAX_FIELDS = 100;

function add(selection: Selection, [name = "", ...rest]: string[]): void {
  const below = selection.get(name);
  if (below === null) return;
  if (rest.length === 0) {
    selection.set(name, null);
    return;
  }
  const next: Selection = below ?? new Map<string, Selection | null>();
  selection.set(name, next);
  add(next, rest);
}

const PROVENANCE = "provenance.";

/** Provenance is keyed by whole paths: what follows is one key, with positions in lists left out of the check. */
function isKnown(path: string, known: ReadonlySet<string>): boolean {
  if (!path.startsWith(PROVENANCE) || !known.has("provenance")) return known.has(path);
  return known.has(path.slice(PROVENANCE.length).replaceAll(/\.\d+/g, ""));
}

function stepsOf(path: string): string[] {
  return path.startsWith(PROVENANCE) ? ["provenance", path.slice(PROVENANCE.length)] : path.split(".");
}

/** `fields=a,b.c` of what answers with `schema`: only these members; an unknown one is refused with the nearest. */
export function fieldsInput(schema: z.core.$ZodType, example: string) {
  const all = pathsOf(schema);
  const known = new Set(all);
  const topLevel = all.filter((path) => !path.includes("."));
  return z
    .string()
    .transform((text, context) => {
      const paths = [...new Set(text.split(",").map((path) => path.trim()))].filter((path) => path !== "");
      if (paths.length > MAX_FIELDS) {
        const issue = { code: "too_big", origin: "array", maximum: MAX_FIELDS, input: text } as const;
        context.addIssue(issue);
        return z.NEVER;
      }
      for (const path of paths.filter((one) => !isKnown(one, known))) {
        context.addIssue({ ...unknownName([], path, path.includes(".") ? all : topLevel), input: text });
      }
      const selection: Selection = new Map();
      for (const path of paths) add(selection, stepsOf(path));
      return selection;
    })
    .openapi({
      type: "string",
      description: "Comma-separated members to keep; a dot reaches inside.",
      example,
    });
}

export const FieldsInput = fieldsInput(Company, "siren,nom_entreprise,siege.ville,ma_score");

export const ProvenanceInput = nameInput(["true", "false"])
  .optional()
  .openapi({ description: "`true` adds `provenance`, keyed by field path." });

function prune(value: unknown, selection: Selection): unknown {
  if (Array.isArray(value)) return value.map((entry) => prune(entry, selection));
  if (value === null || typeof value !== "object") return value;
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const below = selection.get(name);
    if (below === undefined) continue;
    kept[name] = below === null ? member : prune(member, below);
  }
  return kept;
}

/** With only what was selected; a list keeps its entries, each reduced. */
export function keepFields<Value extends object>(value: Value, selection: Selection | undefined): Value {
  if (selection === undefined || selection.size === 0) return value;
  // The type stays the whole's: what a selection leaves out is the caller's own wish.
  return prune(value, selection) as Value;
}

/** As `keepFields`; warnings stay. */
export function selectFields(company: Company, selection: Selection | undefined): Company {
  const kept = keepFields(company, selection);
  return company.warnings === undefined ? kept : { ...kept, warnings: company.warnings };
}
