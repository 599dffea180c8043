import { z } from "zod";

export const SOURCE_NAMES = [
  "recherche_entreprises",
  "insee",
  "bodacc",
  "ratios_inpi",
  "pappers",
  "kaspr",
] as const;

export const SourceName = z.enum(SOURCE_NAMES);
export type SourceName = z.infer<typeof SourceName>;
