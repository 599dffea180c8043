import { z } from "zod";
import { looseNumber, looseText } from "../loose-schema.ts";

const Ratio = z.object({
  date_cloture_exercice: looseText,
  type_bilan: looseText,
  confidentiality: looseText,
  chiffre_d_affaires: looseNumber,
  resultat_net: looseNumber,
  ebe: looseNumber,
  autonomie_financiere: looseNumber,
});

export const RatiosAnswer = z.object({ total_count: looseNumber, results: z.array(Ratio) });

export type RatiosAnswer = z.infer<typeof RatiosAnswer>;
export type Ratio = z.infer<typeof Ratio>;
