import { MAX_BYTES, MIN_CHARACTERS } from "../../domain/accounts/password-rule.ts";
import type { Language } from "../problem-kind.ts";

/** Faults of names, addresses and passwords; see `FAULTS` in `issue-texts.ts`. */
export const ACCOUNT_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "email.invalid": {
    fr: { message: "Ce n'est pas une adresse e-mail.", fix: 'Envoyez par exemple "marie@exemple.fr".' },
    en: { message: "This is no e-mail address.", fix: 'Send for example "marie@example.com".' },
  },
  "session.cursor": {
    fr: { message: "Ce n'est pas un curseur de cette liste.", fix: "Reprenez « next_cursor » tel quel." },
    en: { message: "This is no cursor of this list.", fix: "Send `next_cursor` as it was given." },
  },
  "password.too_short": {
    fr: {
      message: `Ce mot de passe est trop court : ${MIN_CHARACTERS} caractères au moins.`,
      fix: "Plusieurs mots sans lien entre eux font un bon mot de passe.",
    },
    en: {
      message: `This password is too short: at least ${MIN_CHARACTERS} characters.`,
      fix: "Several unrelated words make a good password.",
    },
  },
  "password.too_long": {
    fr: {
      message: `Ce mot de passe est trop long : ${MAX_BYTES} octets (UTF-8) au plus.`,
      fix: "Raccourcissez-le.",
    },
    en: { message: `This password is too long: at most ${MAX_BYTES} bytes of UTF-8.`, fix: "Shorten it." },
  },
  "password.malformed": {
    fr: {
      message: "Ce mot de passe contient des caractères mal formés.",
      fix: "Envoyez du texte en UTF-8.",
    },
    en: { message: "This password holds malformed characters.", fix: "Send UTF-8 text." },
  },
  "password.common": {
    fr: {
      message: "Ce mot de passe figure, tel quel ou à quelques chiffres près, parmi les plus devinés.",
      fix: "Choisissez plusieurs mots sans lien entre eux, ou laissez un gestionnaire en tirer un.",
    },
    en: {
      message: "This password is, as it is or but for some digits, among those guessed first.",
      fix: "Take several unrelated words, or let a password manager draw one.",
    },
  },
  "password.repeated": {
    fr: {
      message: "Ce mot de passe répète toujours les mêmes caractères.",
      fix: "Choisissez plusieurs mots sans lien entre eux.",
    },
    en: {
      message: "This password repeats the same few characters.",
      fix: "Take several unrelated words.",
    },
  },
  "password.name": {
    fr: {
      message: "Ce mot de passe contient l'adresse e-mail ou le nom de l'organisation.",
      fix: "Retirez-les du mot de passe.",
    },
    en: {
      message: "This password holds the e-mail address or the organisation's name.",
      fix: "Leave them out of the password.",
    },
  },
};
