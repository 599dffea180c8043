import { ACCOUNT_PROBLEMS } from "./account-problems.ts";
import { DISCOVERY_PROBLEMS } from "./discovery-problems.ts";
import { JOB_PROBLEMS } from "./job-problems.ts";
import { MONITORING_PROBLEMS } from "./monitoring-problems.ts";
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
    fr: {
      title: "JSON illisible",
      detail:
        "Le corps est vide, coupé ou mal formé. Envoyez un document JSON entier : guillemets doubles, ni virgule finale ni commentaire.",
    },
    en: {
      title: "Malformed JSON",
      detail:
        "The body is empty, cut off or malformed. Send one whole JSON document: double quotes, no trailing comma, no comment.",
    },
  },
  "request.unsupported_media_type": {
    status: 415,
    retryable: false,
    fr: {
      title: "Type de contenu non pris en charge",
      detail: "Envoyez le corps, non compressé, avec un « Content-Type » parmi ceux de « accepted_types ».",
    },
    en: {
      title: "Unsupported media type",
      detail: "Send the body, not compressed, with one of `accepted_types` as its `Content-Type`.",
    },
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
  "request.upgrade_required": {
    status: 426,
    retryable: false,
    fr: {
      title: "WebSocket attendu",
      detail:
        "Cette route n'est qu'un WebSocket : ouvrez-le, ou suivez la tâche par « /events » ou « /status ».",
    },
    en: {
      title: "WebSocket expected",
      detail: "This route is a WebSocket only: open one, or follow the task by `/events` or `/status`.",
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
    fr: {
      title: "Authentification requise",
      detail:
        "Envoyez « Authorization: Bearer … » avec une clé d'API, ou avec le jeton d'accès que donne POST /api/v2/auth/login.",
    },
    en: {
      title: "Authentication required",
      detail:
        "Send `Authorization: Bearer …` with an API key, or with the access token that POST /api/v2/auth/login gives.",
    },
  },
  "auth.credential_invalid": {
    status: 401,
    retryable: false,
    fr: {
      title: "Clé ou jeton refusé",
      detail:
        "Cette clé d'API ou ce jeton d'accès est inconnu, expiré ou révoqué. Changez de clé ; un jeton se renouvelle par POST /api/v2/auth/refresh, sinon reconnectez-vous.",
    },
    en: {
      title: "Key or token refused",
      detail:
        "This API key or access token is unknown, expired or revoked. Use another key; renew a token with POST /api/v2/auth/refresh, or sign in again.",
    },
  },
  "auth.scope_missing": {
    status: 403,
    retryable: false,
    fr: {
      title: "Droit manquant",
      detail:
        "Cette route demande un droit, nommé dans « scope », que n'a ni cette clé ni ce rôle. Une clé reçoit ses droits à sa création, une personne les tient de son rôle.",
    },
    en: {
      title: "Scope missing",
      detail:
        "This route asks for a right, named in `scope`, that this key or this role lacks. A key gets its scopes when it is created, a person has those of the role.",
    },
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
  "enrichment.register_source_needed": {
    status: 404,
    retryable: false,
    fr: {
      title: "Entreprise pas encore connue",
      detail:
        "Kaspr ne cherche que les contacts d'une entreprise connue, et celle-ci ne l'est pas encore : ajoutez à « sources » un registre, par exemple « recherche_entreprises ». Rien n'a été acheté.",
    },
    en: {
      title: "Company not known yet",
      detail:
        "Kaspr looks up the contacts of known companies only, and this one is not known yet: add a register to `sources`, for example `recherche_entreprises`. Nothing was bought.",
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
      detail:
        "La base de données n'a pas répondu : la requête a peut-être eu un effet, peut-être pas. Réessayez après « Retry-After » ; vérifiez avant de répéter une création.",
    },
    en: {
      title: "Storage unavailable",
      detail:
        "The database did not answer: the request may or may not have taken effect. Try again after `Retry-After`; look before you repeat a creation.",
    },
  },
  "service.not_ready": {
    status: 503,
    retryable: true,
    fr: { title: "Service non prêt", detail: "Une dépendance ne répond pas ; voir « checks »." },
    en: { title: "Service not ready", detail: "A dependency does not answer; see `checks`." },
  },
  ...ACCOUNT_PROBLEMS,
  ...JOB_PROBLEMS,
  ...DISCOVERY_PROBLEMS,
  ...MONITORING_PROBLEMS,
  "service.keys_unreadable": {
    status: 503,
    retryable: false,
    fr: {
      title: "Clés du service illisibles",
      detail:
        "Aucune clé maîtresse du service n'ouvre la clé de données qu'il faut ici. Réessayer ne changera rien : l'exploitant doit rétablir MASTER_KEYS.",
    },
    en: {
      title: "Keys of the service unreadable",
      detail:
        "No master key of the service opens the data key that this takes. Trying again will not help: the operator has to restore MASTER_KEYS.",
    },
  },
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
