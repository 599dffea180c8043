import type { Language } from "../problem-kind.ts";

/** Faults of the header `Idempotency-Key`; see `FAULTS` in `issue-texts.ts`. */
export const IDEMPOTENCY_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "idempotency.key": {
    fr: {
      message: "« Idempotency-Key » n'est pas une clé.",
      fix: "Envoyez 1 à 255 caractères ASCII imprimables, entre guillemets ou non : un UUID, par exemple.",
    },
    en: {
      message: "`Idempotency-Key` is no key.",
      fix: "Send 1 to 255 printable ASCII characters, quoted or bare: a UUID, for instance.",
    },
  },
};
