import { z } from "@hono/zod-openapi";
import { SOURCE_NAMES, type SourceName } from "../../../domain/enrichment/source.ts";
import { unknownName } from "../../closed-object.ts";
import { type InputPart, RequestInvalid } from "../../request-invalid.ts";

/** Thirty days, in seconds. */
export const MAX_AGE_LIMIT = 30 * 86_400;

/** One source, by its name. */
export const SourceInput = z
  .string()
  .transform((name, context) => {
    const known = SOURCE_NAMES.find((one) => one === name);
    if (known !== undefined) return known;
    context.addIssue({ ...unknownName([], name, SOURCE_NAMES), input: name });
    return z.NEVER;
  })
  .openapi({ type: "string", enum: [...SOURCE_NAMES] });

/** What long work can ask: contacts need people's profiles, which only `enrich` takes. */
const BATCH_SOURCES = SOURCE_NAMES.filter((name) => name !== "kaspr");

export const BatchSourceInput = z
  .string()
  .transform((name, context) => {
    const known = BATCH_SOURCES.find((one) => one === name);
    if (known !== undefined) return known;
    const issue =
      name === "kaspr"
        ? { code: "custom" as const, message: "kaspr", params: { fault: "batch.kaspr" } }
        : unknownName([], name, BATCH_SOURCES);
    context.addIssue({ ...issue, input: name });
    return z.NEVER;
  })
  .openapi({ type: "string", enum: BATCH_SOURCES });

/** `bodacc,pappers` */
export const BatchSourceList = z
  .string()
  .transform((text) => text.split(",").map((name) => name.trim()))
  .pipe(z.array(BatchSourceInput).min(1).max(SOURCE_NAMES.length));

interface Named {
  /** undefined: the default ones. */
  sources: SourceName[] | undefined;
  in: InputPart;
}

/** Each once; throws `RequestInvalid` for one that this deployment has switched off. */
export function requestedSources(
  { sources: named, in: part }: Named,
  { enabled, defaults }: { enabled: SourceName[]; defaults: SourceName[] },
): SourceName[] {
  const sources = [...new Set(named ?? defaults)];
  const off = sources.filter((source) => !enabled.includes(source));
  if (off.length === 0) return sources;
  const issues = off.map((source) => unknownName(["sources", sources.indexOf(source)], source, enabled));
  throw new RequestInvalid(issues, part);
}
