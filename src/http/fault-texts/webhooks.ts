import type { Language } from "../problem-kind.ts";

const PUBLIC_ADDRESS = {
  fr: "Donnez une adresse https joignable depuis l'internet public.",
  en: "Give an https address that the public internet can reach.",
} as const;

/** Faults of the webhooks routes; see `FAULTS` in `issue-texts.ts`. */
export const WEBHOOK_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "webhooks.cursor": {
    fr: { message: "Ce n'est pas un curseur de cette liste.", fix: "Reprenez « next_cursor » tel quel." },
    en: { message: "This is no cursor of this list.", fix: "Send `next_cursor` as it was given." },
  },
  "webhooks.nothing_to_change": {
    fr: { message: "Rien à changer.", fix: "Envoyez « url », « events », « description » ou « status »." },
    en: { message: "Nothing to change.", fix: "Send `url`, `events`, `description` or `status`." },
  },
  "webhooks.secret_fixed": {
    fr: {
      message: "Le secret n'est jamais choisi : il est tiré au hasard.",
      fix: "Retirez ce champ ; pour un nouveau secret : POST /api/v2/webhooks/{id}/rotate-secret.",
    },
    en: {
      message: "The secret is never chosen: it is drawn at random.",
      fix: "Leave this field out; for a new secret: POST /api/v2/webhooks/{id}/rotate-secret.",
    },
  },
  "webhooks.url_too_long": {
    fr: { message: "L'adresse dépasse 2048 caractères.", fix: "Donnez une adresse plus courte." },
    en: { message: "The address is longer than 2048 characters.", fix: "Give a shorter address." },
  },
  "webhooks.url_malformed": {
    fr: {
      message: "Ce n'est pas une adresse web.",
      fix: "Envoyez par exemple « https://example.com/hooks », sans espace ni barre oblique inversée.",
    },
    en: {
      message: "This is no web address.",
      fix: "Send for example `https://example.com/hooks`, without a space or a backslash.",
    },
  },
  "webhooks.url_scheme": {
    fr: { message: "Seul https est accepté.", fix: "Donnez une adresse qui commence par « https:// »." },
    en: { message: "Only https is accepted.", fix: "Give an address that begins with `https://`." },
  },
  "webhooks.url_userinfo": {
    fr: {
      message: "L'adresse contient un nom d'utilisateur ou un mot de passe.",
      fix: "Retirez-les : c'est la signature qui prouve l'expéditeur.",
    },
    en: {
      message: "The address holds a user name or a password.",
      fix: "Leave them out: the signature proves who sent it.",
    },
  },
  "webhooks.url_port": {
    fr: { message: "Ce port n'est pas accepté.", fix: "Prenez le port 443, ou un port à partir de 1024." },
    en: { message: "This port is not accepted.", fix: "Use port 443, or one from 1024." },
  },
  "webhooks.url_address": {
    fr: {
      message: "Cette adresse IP est privée, réservée ou écrite d'une façon inhabituelle.",
      fix: PUBLIC_ADDRESS.fr,
    },
    en: {
      message: "This IP address is private, reserved or written in an unusual way.",
      fix: PUBLIC_ADDRESS.en,
    },
  },
  "webhooks.url_name": {
    fr: { message: "Ce nom n'existe que dans un réseau privé.", fix: PUBLIC_ADDRESS.fr },
    en: { message: "This name exists in a private network only.", fix: PUBLIC_ADDRESS.en },
  },
};
