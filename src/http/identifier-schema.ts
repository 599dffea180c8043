import { z } from "@hono/zod-openapi";
import { parseSiren } from "../domain/companies/siren.ts";
import { parseSiret } from "../domain/companies/siret.ts";

/** `siretFault`: what is said of a SIRET, which is none. */
export function sirenInput(siretFault: string) {
  return z
    .string()
    .transform((text, context) => {
      const parsed = parseSiren(text);
      if (parsed.ok) return parsed.siren;
      const fault = parseSiret(text).ok ? siretFault : `siren.${parsed.fault}`;
      context.addIssue({ code: "custom", message: fault, params: { fault } });
      return z.NEVER;
    })
    .openapi({ type: "string", description: "9 digits, separators allowed", example: "552032534" });
}

/** Reads a SIREN as people write it; gives the 9 digits. */
export const SirenInput = sirenInput("siren.is_siret");

/** The same in an address, where there is no SIRET to send instead. */
export const SirenParam = sirenInput("siren.is_siret_in_path");

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

/** One that no object has. */
const NOBODY = "";

/** An id of ours that is given to us; whatever is none answers 404, like an id that no object has. */
export function idParam(example: string) {
  return z
    .string()
    .transform((text) => (/^[A-Za-z0-9_-]{1,64}$/.test(text) ? text : NOBODY))
    .openapi({ type: "string", example });
}
