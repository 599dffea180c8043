import { z } from "zod";

/**
 * What we measure on our own stored companies of one NAF division. Ratios are fractions (0.04 is 4 %);
 * null means that too few companies are stored to say.
 */
export const SectorReference = z
  .object({
    division: z.string().regex(/^\d{2}$/),
    companies: z.int().nonnegative(),
    median_marge: z.number().nullable().meta({ description: "net result / turnover" }),
    median_croissance: z
      .number()
      .nullable()
      .meta({ description: "turnover / turnover of the year before - 1" }),
    taux_cession: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .meta({ description: "share of the companies that changed hands in a year, measured on past years" }),
    acheteurs_actifs: z.int().nonnegative().nullable(),
    as_of: z.string(),
  })
  .meta({ id: "SectorReference" });

export type SectorReference = z.infer<typeof SectorReference>;
