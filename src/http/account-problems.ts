import type { ProblemKind } from "./problem-kind.ts";

/** Accounts, limits, audit and budget. */
export const ACCOUNT_PROBLEMS = {
  "auth.login_refused": {
    status: 401,
    retryable: false,
    fr: {
      title: "Connexion refusée",
      detail: "L'adresse e-mail, le mot de passe ou l'organisation (« organisation_id ») est faux.",
    },
    en: {
      title: "Sign-in refused",
      detail: "The e-mail address, the password or the organisation (`organisation_id`) is wrong.",
    },
  },
  "auth.refresh_refused": {
    status: 401,
    retryable: false,
    fr: {
      title: "Session terminée",
      detail: "Ce jeton de renouvellement n'est plus valable : reconnectez-vous.",
    },
    en: { title: "Session over", detail: "This refresh token is no longer valid: sign in again." },
  },
  "auth.challenge_refused": {
    status: 401,
    retryable: false,
    fr: {
      title: "Connexion à reprendre",
      detail: "Ce « mfa_token » est expiré ou inconnu : recommencez par le mot de passe.",
    },
    en: {
      title: "Start the sign-in again",
      detail: "This `mfa_token` has expired or is unknown: begin with the password again.",
    },
  },
  "auth.code_refused": {
    status: 401,
    retryable: false,
    fr: {
      title: "Code refusé",
      detail: "Ce code est faux, expiré ou déjà utilisé : attendez le suivant.",
    },
    en: {
      title: "Code refused",
      detail: "This code is wrong, expired or already used: wait for the next one.",
    },
  },
  "auth.code_wrong": {
    status: 403,
    retryable: false,
    fr: {
      title: "Code faux",
      detail: "Ce code est faux, expiré ou déjà utilisé : attendez le suivant. Votre session reste ouverte.",
    },
    en: {
      title: "Wrong code",
      detail: "This code is wrong, expired or already used: wait for the next one. Your session stays open.",
    },
  },
  "auth.password_refused": {
    status: 403,
    retryable: false,
    fr: {
      title: "Mot de passe refusé",
      detail: "Le mot de passe actuel est faux. Votre session reste ouverte.",
    },
    en: { title: "Password refused", detail: "The current password is wrong. Your session stays open." },
  },
  "auth.session_required": {
    status: 403,
    retryable: false,
    fr: {
      title: "Réservé aux personnes connectées",
      detail: "Cette route demande un jeton d'accès (connexion) ; une clé d'API n'y suffit pas.",
    },
    en: {
      title: "For people who signed in",
      detail: "This route needs an access token (sign-in); an API key does not open it.",
    },
  },
  "auth.mfa_already_enabled": {
    status: 409,
    retryable: false,
    fr: {
      title: "Double authentification déjà active",
      detail: "Désactivez-la d'abord pour changer d'appareil.",
    },
    en: { title: "Two-factor authentication already on", detail: "Disable it first to change the device." },
  },
  "auth.mfa_not_enabled": {
    status: 409,
    retryable: false,
    fr: { title: "Double authentification inactive", detail: "Activez-la d'abord." },
    en: { title: "Two-factor authentication is off", detail: "Enable it first." },
  },
  "auth.mfa_not_started": {
    status: 409,
    retryable: false,
    fr: { title: "Rien à confirmer", detail: "Appelez d'abord POST /api/v2/auth/2fa/setup." },
    en: { title: "Nothing to confirm", detail: "Call POST /api/v2/auth/2fa/setup first." },
  },
  "auth.mfa_enrolment_required": {
    status: 403,
    retryable: false,
    fr: {
      title: "Double authentification exigée",
      detail:
        "Votre organisation l'exige : POST /api/v2/auth/2fa/setup, puis POST /api/v2/auth/2fa/verify avec un code ; cette session a ensuite tous ses droits.",
    },
    en: {
      title: "Two-factor authentication required",
      detail:
        "Your organisation demands it: POST /api/v2/auth/2fa/setup, then POST /api/v2/auth/2fa/verify with a code; this session then has all its rights.",
    },
  },
  "auth.mfa_required_by_organisation": {
    status: 409,
    retryable: false,
    fr: {
      title: "Double authentification exigée",
      detail: "Votre organisation l'exige : elle ne peut pas être désactivée.",
    },
    en: {
      title: "Two-factor authentication required",
      detail: "Your organisation demands it: it can't be disabled.",
    },
  },
  "auth.role_changed": {
    status: 403,
    retryable: false,
    fr: { title: "Rôle changé", detail: "Votre rôle vient de changer : il ne permet plus cette action." },
    en: { title: "Role changed", detail: "Your role has just changed: it no longer allows this." },
  },
  "invitations.refused": {
    status: 401,
    retryable: false,
    fr: {
      title: "Invitation refusée",
      detail: "L'invitation est inconnue, expirée ou déjà utilisée, ou le mot de passe est faux.",
    },
    en: {
      title: "Invitation refused",
      detail: "The invitation is unknown, expired or already used, or the password is wrong.",
    },
  },
  "invitations.already_member": {
    status: 409,
    retryable: false,
    fr: { title: "Déjà membre", detail: "Cette personne est déjà membre de l'organisation." },
    en: { title: "Already a member", detail: "This person is a member of the organisation already." },
  },
  "members.last_owner": {
    status: 409,
    retryable: false,
    fr: { title: "Dernier propriétaire", detail: "Une organisation garde au moins un propriétaire." },
    en: { title: "Last owner", detail: "An organisation keeps at least one owner." },
  },
  "members.owner_only": {
    status: 403,
    retryable: false,
    fr: {
      title: "Réservé aux propriétaires",
      detail: "Seul un propriétaire peut nommer, changer ou retirer un propriétaire.",
    },
    en: { title: "Owners only", detail: "Only an owner may make, change or remove an owner." },
  },
  "keys.too_many": {
    status: 409,
    retryable: false,
    fr: {
      title: "Trop de clés",
      detail: "Votre formule n'autorise pas plus de clés actives : révoquez-en une.",
    },
    en: { title: "Too many keys", detail: "Your plan allows no more active keys: revoke one." },
  },
  "keys.not_active": {
    status: 409,
    retryable: false,
    fr: { title: "Clé inactive", detail: "Cette clé est expirée, révoquée ou déjà remplacée." },
    en: { title: "Key not active", detail: "This key has expired, was revoked or was replaced already." },
  },
  "resource.not_found": {
    status: 404,
    retryable: false,
    fr: {
      title: "Introuvable",
      detail: "Vous n'avez accès à rien de tel : vérifiez l'identifiant.",
    },
    en: {
      title: "Not found",
      detail: "There is no such thing that you have access to: check the id.",
    },
  },
  "test_mode.siren_unknown": {
    status: 404,
    retryable: false,
    fr: {
      title: "SIREN inconnu en mode test",
      detail: "Une clé de test ne connaît que les SIREN réservés, listés dans la documentation.",
    },
    en: {
      title: "SIREN unknown in test mode",
      detail: "A test key knows the reserved SIRENs only; the documentation lists them.",
    },
  },
  "limits.reached": {
    status: 429,
    retryable: true,
    fr: {
      title: "Limite atteinte",
      detail:
        "Trop de requêtes : « policy » nomme la limite atteinte, et l'en-tête « Retry-After » dit dans combien de secondes réessayer.",
    },
    en: {
      title: "Limit reached",
      detail:
        "Too many requests: `policy` names the limit that is reached, the header `Retry-After` says in how many seconds to try again.",
    },
  },
  "limits.unavailable": {
    status: 503,
    retryable: true,
    fr: {
      title: "Compteur de limites injoignable",
      detail: "Cette requête ne peut pas être comptée : elle n'a pas été exécutée.",
    },
    en: { title: "Limiter unreachable", detail: "This request can't be counted: it was not carried out." },
  },
  "audit.unavailable": {
    status: 503,
    retryable: true,
    fr: {
      title: "Journal d'audit injoignable",
      detail: "Cette action doit être journalisée et ne peut pas l'être : elle n'a pas eu lieu.",
    },
    en: {
      title: "Audit unreachable",
      detail: "This act must be audited and can't be: it did not take place.",
    },
  },
  "usage.budget_reached": {
    status: 402,
    retryable: false,
    fr: {
      title: "Budget du mois atteint",
      detail:
        "Le budget mensuel de l'organisation ne couvre pas cet appel payant. Retirez la source payante ou relevez le budget.",
    },
    en: {
      title: "Monthly budget reached",
      detail:
        "The organisation's monthly budget does not cover this paid call. Leave the paid source out or raise the budget.",
    },
  },
} as const satisfies Record<string, ProblemKind>;
