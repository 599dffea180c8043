import type { Language } from "../problem-kind.ts";

/** Faults of companies and their identifiers; see `FAULTS` in `issue-texts.ts`. */
export const COMPANY_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "siren.characters": {
    fr: {
      message: "Un SIREN ne contient que des chiffres.",
      fix: 'Envoyez 9 chiffres, par exemple "552032534".',
    },
    en: { message: "A SIREN holds digits only.", fix: 'Send 9 digits, for example "552032534".' },
  },
  "siren.length": {
    fr: {
      message: "Un SIREN a exactement 9 chiffres.",
      fix: 'Vérifiez les chiffres ; un tableur supprime les zéros de tête ("005520135").',
    },
    en: {
      message: "A SIREN has exactly 9 digits.",
      fix: 'Check the digits; spreadsheets drop leading zeros ("005520135").',
    },
  },
  "siren.is_siret": {
    fr: {
      message: "C'est un SIRET (14 chiffres), pas un SIREN.",
      fix: "Envoyez-le dans « siret », ou gardez ses 9 premiers chiffres.",
    },
    en: {
      message: "This is a SIRET (14 digits), not a SIREN.",
      fix: "Send it as `siret`, or keep its first 9 digits.",
    },
  },
  "siren.is_siret_in_path": {
    fr: {
      message: "C'est un SIRET (14 chiffres), pas un SIREN.",
      fix: "Cette adresse désigne une entreprise : gardez les 9 premiers chiffres.",
    },
    en: {
      message: "This is a SIRET (14 digits), not a SIREN.",
      fix: "This address names a company: keep the first 9 digits.",
    },
  },
  "siren.zero": {
    fr: { message: "000000000 n'est le SIREN de personne.", fix: "Envoyez le SIREN d'une entreprise." },
    en: { message: "000000000 is nobody's SIREN.", fix: "Send the SIREN of a company." },
  },
  "siren.checksum": {
    fr: {
      message: "La clé de contrôle (Luhn) de ce SIREN est fausse.",
      fix: "Un chiffre est sans doute mal recopié : comparez à l'original.",
    },
    en: {
      message: "The check digit (Luhn) of this SIREN is wrong.",
      fix: "A digit was probably mistyped: compare with the original.",
    },
  },
  "siret.characters": {
    fr: {
      message: "Un SIRET ne contient que des chiffres.",
      fix: 'Envoyez 14 chiffres, par exemple "55203253400646".',
    },
    en: { message: "A SIRET holds digits only.", fix: 'Send 14 digits, for example "55203253400646".' },
  },
  "siret.length": {
    fr: {
      message: "Un SIRET a exactement 14 chiffres.",
      fix: "Envoyez les 14 chiffres, ou le SIREN (9 chiffres) dans « siren ».",
    },
    en: {
      message: "A SIRET has exactly 14 digits.",
      fix: "Send all 14 digits, or the SIREN (9 digits) as `siren`.",
    },
  },
  "siret.zero": {
    fr: {
      message: "Ce SIRET commence par 000000000, qui n'est à personne.",
      fix: "Envoyez le SIRET d'un établissement.",
    },
    en: {
      message: "This SIRET begins with 000000000, which is nobody's.",
      fix: "Send the SIRET of an establishment.",
    },
  },
  "siret.checksum": {
    fr: {
      message: "Les 9 premiers chiffres de ce SIRET ne forment pas un SIREN valide.",
      fix: "Comparez les chiffres à l'original.",
    },
    en: {
      message: "The first 9 digits of this SIRET are not a valid SIREN.",
      fix: "Compare the digits with the original.",
    },
  },
  "company.one_identifier": {
    fr: {
      message: "Il faut « siren » ou « siret », et un seul des deux.",
      fix: 'Envoyez {"siren": "552032534"}.',
    },
    en: { message: "Give `siren` or `siret`, and only one of them.", fix: 'Send {"siren": "552032534"}.' },
  },
  "linkedin.unused": {
    fr: {
      message: "« linkedin » ne sert qu'à Kaspr.",
      fix: 'Ajoutez "kaspr" à « sources », ou retirez « linkedin ».',
    },
    en: {
      message: "`linkedin` is used by Kaspr only.",
      fix: 'Add "kaspr" to `sources`, or leave `linkedin` out.',
    },
  },
  "text.unreadable": {
    fr: {
      message: "Ce texte contient des caractères de contrôle ou mal formés.",
      fix: "Envoyez du texte ordinaire en UTF-8.",
    },
    en: { message: "This text holds control or malformed characters.", fix: "Send plain UTF-8 text." },
  },
  "linkedin.profile": {
    fr: {
      message: "Ce n'est pas un profil LinkedIn.",
      fix: "Envoyez l'adresse « https://www.linkedin.com/in/… » ou son dernier segment.",
    },
    en: {
      message: "This is not a LinkedIn profile.",
      fix: "Send the address `https://www.linkedin.com/in/…` or its last segment.",
    },
  },
};
