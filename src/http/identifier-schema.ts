import { z } from "@hono/zod-openapi";
import { parseSiren } from "../domain/companies/siren.ts";
import { parseSiret } from "../domain/companies/siret.ts";

/** Reads a SIREN as people write it; gives the 9 digits. */
export const SirenInput = z
  .string()
  .transform((text, context) => {
    const parsed = parseSiren(text);
    if (parsed.ok) return parsed.siren;
    const fault = parseSiret(text).ok ? "is_siret" : parsed.fault;
    context.addIssue({ code: "custom", message: fault, params: { fault: `siren.${fault}` } });
    return z.NEVER;
  })
  .openapi({ type: "string", description: "9 digits, separators allowed", example: "552032534" });

/** Reads a SIRET; gives it with its SIREN and whether its own check digit is right. */
export const SiretInput = z
  .string()
  .transform((text, context) => {
    const parsed = parseSiret(text);
    if (parsed.ok) return parsed;
    context.addIssue({ code: "custom", message: parsed.fault, params: { fault: `siret.${parsed.fault}` } });
    return z.NEVER;
  })
  .openapi({ type: "string", description: "14 digits, separators allowed", example: "55203253400646" });
