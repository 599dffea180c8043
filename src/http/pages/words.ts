import type { Language } from "../problem-catalog.ts";

const FR = {
  skip: "Aller au contenu",
  contents: "Sommaire",
  authentication: "Authentification",
  authenticationText:
    "Chaque route fermée attend l'en-tête « Authorization: Bearer … » avec une clé d'API (mai_…) ou, pour une personne connectée, le jeton d'accès que donne POST /api/v2/auth/login. Saisissez l'un ou l'autre ici pour essayer les routes : il reste dans la mémoire de cette page.",
  key: "Clé d'API ou jeton d'accès",
  session: "Jeton d'accès d'une personne connectée",
  open: "Ouverte : ni clé ni connexion",
  anyone: "Demande une clé d'API ou une personne connectée",
  person: "Demande une personne connectée",
  needs: "Droit demandé :",
  needsOne: "Un de ces droits :",
  roles: "Rôles qui l'ont :",
  parameters: "Paramètres",
  body: "Corps de la requête",
  responses: "Réponses",
  headers: "En-têtes",
  example: "Exemple",
  copy: "Copier",
  copied: "Copié",
  tryIt: "Essayer",
  send: "Envoyer",
  sending: "Envoi…",
  failed: "Aucune réponse du serveur",
  answer: "Réponse du serveur",
  required: "obligatoire",
  optional: "facultatif",
  deprecated: "obsolète",
  choose: "(aucun)",
  errors: "Erreurs",
  errorsText:
    "Toute erreur est un problème RFC 9457. Son « code » ne change pas ; la page des erreurs les explique tous.",
  problems: "Codes d'erreur",
  problemsText:
    "Chaque code d'erreur que l'API peut répondre, avec ses textes français et anglais. Le membre « type » d'un problème mène ici.",
  retryable: "réessayer peut suffire",
  final: "renvoyer la même requête ne changera rien",
  noScript: "JavaScript est nécessaire pour essayer les routes depuis cette page.",
  documentation: "Documentation",
  tagline: "Un SIREN entre, une entreprise française enrichie et notée en sort.",
  landing:
    "L'API réunit les registres publics français et des sources payantes au choix, garde l'origine de chaque donnée, et dit en clair pourquoi une entreprise mérite, ou non, l'attention d'un acquéreur.",
  docsLink: "Lire et essayer chaque route",
  openapiLink: "Le contrat OpenAPI 3.1, pour générer un client",
  problemsLink: "Tous les codes d'erreur, en français et en anglais",
  healthLink: "Le service répond-il ?",
  readyLink: "Ce dont il a besoin répond-il aussi ?",
  firstCall: "Premier appel",
  keyOrigin:
    "Il faut une clé d'API : inscrivez-vous (POST /api/v2/auth/register), connectez-vous (POST /api/v2/auth/login), puis créez-la avec le jeton d'accès reçu (POST /api/v2/api-keys). Sur votre machine, `npm start` en affiche une ; ici, elle est dans la variable `MAI_KEY`.",
};

export type Words = typeof FR;

const EN: Words = {
  skip: "Skip to content",
  contents: "Contents",
  authentication: "Authentication",
  authenticationText:
    "Every closed route expects the header `Authorization: Bearer …` with an API key (mai_…) or, for a person who signed in, the access token that POST /api/v2/auth/login gives. Enter either here to try the routes: it stays in the memory of this page.",
  key: "API key or access token",
  session: "Access token of a person who signed in",
  open: "Open: no key, no sign-in",
  anyone: "Takes an API key or a person who signed in",
  person: "Takes a person who signed in",
  needs: "Scope needed:",
  needsOne: "One of these scopes:",
  roles: "Roles that have it:",
  parameters: "Parameters",
  body: "Request body",
  responses: "Responses",
  headers: "Headers",
  example: "Example",
  copy: "Copy",
  copied: "Copied",
  tryIt: "Try it",
  send: "Send",
  sending: "Sending…",
  failed: "No answer from the server",
  answer: "Answer of the server",
  required: "required",
  optional: "optional",
  deprecated: "deprecated",
  choose: "(none)",
  errors: "Errors",
  errorsText:
    "Every error is an RFC 9457 problem. Its `code` never changes; the page of errors explains them all.",
  problems: "Error codes",
  problemsText:
    "Every error code the API can answer, with its French and English texts. The `type` member of a problem leads here.",
  retryable: "trying again may help",
  final: "the same request again will not help",
  noScript: "Trying the routes from this page needs JavaScript.",
  documentation: "Documentation",
  tagline: "A SIREN in, an enriched and scored French company out.",
  landing:
    "The API joins the public French registers with paid sources of your choice, keeps the origin of every datum, and says in words why a company deserves a buyer's attention, or does not.",
  docsLink: "Read and try every route",
  openapiLink: "The OpenAPI 3.1 contract, to generate a client",
  problemsLink: "Every error code, in French and English",
  healthLink: "Is the service up?",
  readyLink: "Does what it needs answer too?",
  firstCall: "First call",
  keyOrigin:
    "It needs an API key: register (POST /api/v2/auth/register), sign in (POST /api/v2/auth/login), then create one with the access token (POST /api/v2/api-keys). On your own machine `npm start` prints one; here it is in the variable `MAI_KEY`.",
};

/** The few words of the pages themselves; what describes the API is English, with French register terms. */
export const WORDS: Record<Language, Words> = { fr: FR, en: EN };
