import { ACCOUNT_PROBLEMS } from "./account-problems.ts";
import type { ProblemKind } from "./problem-kind.ts";

export type { Language } from "./problem-kind.ts";

export const PROBLEMS = {
  "request.invalid": {
    status: 400,
    retryable: false,
    fr: {
      title: "Requête invalide",
      detail: "Corrigez les champs listés dans « errors », puis renvoyez la requête.",
    },
    en: {
      title: "Invalid request",
      detail: "Correct the fields listed in `errors` and send the request again.",
    },
  },
  "request.malformed_json": {
    status: 400,
    retryable: false,
    fr: { title: "JSON illisible", detail: "Le corps de la requête n'est pas un document JSON valide." },
    en: { title: "Malformed JSON", detail: "The request body is not a valid JSON document." },
  },
  "request.unsupported_media_type": {
    status: 415,
    retryable: false,
    fr: {
      title: "Type de contenu non pris en charge",
      detail: "Envoyez le corps avec « Content-Type: application/json ».",
    },
    en: { title: "Unsupported media type", detail: "Send the body with `Content-Type: application/json`." },
  },
  "request.too_large": {
    status: 413,
    retryable: false,
    fr: {
      title: "Corps trop volumineux",
      detail: "Le corps dépasse ce que cette route accepte : « limit_bytes » octets.",
    },
    en: {
      title: "Body too large",
      detail: "The body is larger than this route accepts: `limit_bytes` bytes.",
    },
  },
  "request.route_unknown": {
    status: 404,
    retryable: false,
    fr: {
      title: "Adresse inconnue",
      detail: "Aucune ressource à cette adresse. Les routes sont décrites dans /docs.",
    },
    en: {
      title: "Unknown route",
      detail: "There is nothing at this address. The routes are described in /docs.",
    },
  },
  "request.method_not_allowed": {
    status: 405,
    retryable: false,
    fr: {
      title: "Méthode non autorisée",
      detail: "Cette ressource existe ; l'en-tête « Allow » liste ses méthodes.",
    },
    en: {
      title: "Method not allowed",
      detail: "This resource exists; the `Allow` header lists its methods.",
    },
  },
  "auth.credential_missing": {
    status: 401,
    retryable: false,
    fr: { title: "Authentification requise", detail: "Envoyez votre clé : « Authorization: Bearer mai_… »." },
    en: { title: "Authentication required", detail: "Send your key: `Authorization: Bearer mai_…`." },
  },
  "auth.credential_invalid": {
    status: 401,
    retryable: false,
    fr: { title: "Clé refusée", detail: "Cette clé est inconnue, expirée ou révoquée." },
    en: { title: "Key refused", detail: "This key is unknown, expired or revoked." },
  },
  "auth.scope_missing": {
    status: 403,
    retryable: false,
    fr: {
      title: "Droit manquant",
      detail: "Cette clé n'a pas le droit (« scope ») que demande cette route.",
    },
    en: { title: "Scope missing", detail: "This key lacks the scope that this route asks for." },
  },
  "company.not_found": {
    status: 404,
    retryable: false,
    fr: {
      title: "Entreprise inconnue",
      detail:
        "Aucune entreprise connue sous ce SIREN. Demandez-la aux registres : POST /api/v2/scraping/enrich.",
    },
    en: {
      title: "Unknown company",
      detail: "No company is known under this SIREN. Ask the registers for it: POST /api/v2/scraping/enrich.",
    },
  },
  "enrichment.not_found": {
    status: 404,
    retryable: false,
    fr: {
      title: "Entreprise introuvable",
      detail: "Toutes les sources demandées ont répondu ; aucune ne connaît ce SIREN.",
    },
    en: {
      title: "Company not found",
      detail: "All requested sources answered; none of them knows this SIREN.",
    },
  },
  "enrichment.unavailable": {
    status: 503,
    retryable: true,
    fr: {
      title: "Sources indisponibles",
      detail:
        "Au moins une source n'a pas répondu et nous ne savons encore rien de cette entreprise. Rien n'a été conclu de son existence.",
    },
    en: {
      title: "Sources unavailable",
      detail:
        "At least one source did not answer and nothing is known yet of this company. No conclusion was drawn on its existence.",
    },
  },
  "storage.unavailable": {
    status: 503,
    retryable: true,
    fr: {
      title: "Stockage indisponible",
      detail: "La base de données ne répond pas. Aucune source n'a été interrogée ; réessayez.",
    },
    en: {
      title: "Storage unavailable",
      detail: "The database does not answer. No source was asked; try again.",
    },
  },
  "service.not_ready": {
    status: 503,
    retryable: true,
    fr: { title: "Service non prêt", detail: "Une dépendance ne répond pas ; voir « checks »." },
    en: { title: "Service not ready", detail: "A dependency does not answer; see `checks`." },
  },
  ...ACCOUNT_PROBLEMS,
  "service.misconfigured": {
    status: 503,
    retryable: false,
    fr: {
      title: "Service mal configuré",
      detail: "Des réglages manquent ou sont faux ; leurs noms sont dans le journal.",
    },
    en: {
      title: "Service misconfigured",
      detail: "Settings are missing or wrong; their names are in the log.",
    },
  },
  "internal.unexpected": {
    status: 500,
    retryable: true,
    fr: {
      title: "Erreur interne",
      detail: "Une erreur imprévue s'est produite. Citez « request_id » pour la signaler.",
    },
    en: {
      title: "Internal error",
      detail: "Something unexpected happened. Quote `request_id` when you report it.",
    },
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;
