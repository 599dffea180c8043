import type { Language } from "../problem-kind.ts";

/** Faults of the second-factor routes; see `FAULTS` in `issue-texts.ts`. */
export const TWO_FACTOR_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "code.characters": {
    fr: {
      message: "Un code ne contient que des chiffres de 0 à 9.",
      fix: 'Recopiez les 6 chiffres affichés par votre application, par exemple "012345".',
    },
    en: {
      message: "A code holds the digits 0 to 9 only.",
      fix: 'Copy the 6 digits that your app shows, for example "012345".',
    },
  },
  "code.length": {
    fr: {
      message: "Un code a exactement 6 chiffres.",
      fix: 'Recopiez-les tous, zéros de tête compris, par exemple "012345".',
    },
    en: {
      message: "A code has exactly 6 digits.",
      fix: 'Copy them all, leading zeros included, for example "012345".',
    },
  },
  "code.backup_shape": {
    fr: {
      message: "Ce n'est pas un code de secours.",
      fix: 'Recopiez-en un, par exemple "7k2pq-x04mz" : 10 lettres ou chiffres.',
    },
    en: {
      message: "This is no backup code.",
      fix: 'Copy one, for example "7k2pq-x04mz": 10 letters or digits.',
    },
  },
  "code.one_proof": {
    fr: {
      message: "Il faut « code » ou « backup_code », et un seul des deux.",
      fix: "Envoyez le code de votre application, ou un code de secours.",
    },
    en: {
      message: "Give `code` or `backup_code`, and only one of them.",
      fix: "Send the code of your app, or a backup code.",
    },
  },
};
