import { JSON_BOUNDS } from "../../lib/json-bounds.ts";
import type { Language } from "../problem-kind.ts";

/** Faults of any JSON body; see `FAULTS` in `issue-texts.ts`. */
export const JSON_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "json.too_deep": {
    fr: {
      message: `Plus de ${JSON_BOUNDS.depth} niveaux de listes et d'objets imbriqués.`,
      fix: "Aplatissez le document.",
    },
    en: {
      message: `More than ${JSON_BOUNDS.depth} levels of lists and objects inside one another.`,
      fix: "Flatten the document.",
    },
  },
  "json.too_many_values": {
    fr: {
      message: `Plus de ${JSON_BOUNDS.values} valeurs dans un seul document.`,
      fix: "Répartissez-les sur plusieurs requêtes.",
    },
    en: {
      message: `More than ${JSON_BOUNDS.values} values in one document.`,
      fix: "Spread them over several requests.",
    },
  },
  "json.text_too_long": {
    fr: {
      message: `Un texte de plus de ${JSON_BOUNDS.text} caractères.`,
      fix: "Raccourcissez-le.",
    },
    en: { message: `A text of more than ${JSON_BOUNDS.text} characters.`, fix: "Shorten it." },
  },
};
