import { z } from "zod";

export const Contribution = z
  .object({
    code: z.enum(["taille", "succession", "attractivite", "evenements", "secteur"]),
    points: z
      .number()
      .meta({ description: "points on the 0–100 scale; all contributions add up to ma_score" }),
    max: z.number(),
    value: z.union([z.string(), z.number(), z.null()]).meta({ description: "what was judged" }),
    source: z.string().nullable(),
    as_of: z.string().nullable(),
    texte: z.string().meta({ description: "French" }),
    text: z.string().meta({ description: "English" }),
  })
  .meta({ id: "Contribution" });

/** Why a company has the score it has. `ma_score` is null when it is not eligible. */
export const Score = z
  .object({
    ma_score: z.int().min(0).max(100).nullable(),
    eligible: z.boolean(),
    ineligible_reason: z.string().nullable(),
    confidence: z.number().min(0).max(1),
    coverage: z
      .number()
      .min(0)
      .max(1)
      .meta({ description: "share of the model's points that could be judged" }),
    model: z.string(),
    contributions: z.array(Contribution),
    computed_at: z.iso.datetime(),
  })
  .meta({ id: "Score" });

export type Contribution = z.infer<typeof Contribution>;
export type Score = z.infer<typeof Score>;
