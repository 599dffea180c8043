import type { ProblemKind } from "./problem-kind.ts";

/** Search, lists and exports. */
export const DISCOVERY_PROBLEMS = {
  "search.too_slow": {
    status: 503,
    retryable: false,
    fr: {
      title: "Recherche trop large",
      detail:
        "Cette combinaison de filtres et de tri demande de lire trop d'entreprises. Ajoutez un filtre (département, code NAF, score minimal), ou exportez.",
    },
    en: {
      title: "Search too broad",
      detail:
        "This combination of filters and sort has to read too many companies. Add a filter (department, NAF code, least score), or export.",
    },
  },
  "lists.name_taken": {
    status: 409,
    retryable: false,
    fr: { title: "Nom déjà pris", detail: "Une liste porte déjà ce nom : choisissez-en un autre." },
    en: { title: "Name taken", detail: "A list has this name already: choose another one." },
  },
  "lists.full": {
    status: 409,
    retryable: false,
    fr: {
      title: "Liste pleine",
      detail: "Une liste a au plus 10 000 entreprises : rien n'a été ajouté.",
    },
    en: { title: "List full", detail: "A list has 10,000 companies at most: nothing was added." },
  },
  "lists.too_many": {
    status: 409,
    retryable: false,
    fr: { title: "Trop de listes", detail: "Une organisation a au plus 200 listes." },
    en: { title: "Too many lists", detail: "An organisation has 200 lists at most." },
  },
  "exports.too_large_for_sync": {
    status: 422,
    retryable: false,
    fr: {
      title: "Trop d'entreprises pour une réponse immédiate",
      detail:
        "Au-delà de 1 000 entreprises, un export est une tâche : envoyez la même requête sans « sync=true ».",
    },
    en: {
      title: "Too many companies to answer at once",
      detail: "Beyond 1,000 companies an export is a job: send the same request without `sync=true`.",
    },
  },
  "exports.not_cancellable": {
    status: 409,
    retryable: false,
    fr: { title: "Export terminé", detail: "Cet export est déjà terminé : il n'y a plus rien à annuler." },
    en: { title: "Export ended", detail: "This export has ended already: there is nothing left to cancel." },
  },
  "exports.link_refused": {
    status: 403,
    retryable: false,
    fr: {
      title: "Lien refusé",
      detail: "Ce lien est incomplet ou modifié : reprenez « download_url » du statut de l'export.",
    },
    en: {
      title: "Link refused",
      detail:
        "This link is incomplete or was changed: take `download_url` from the status of the export again.",
    },
  },
  "exports.link_expired": {
    status: 410,
    retryable: false,
    fr: {
      title: "Lien expiré",
      detail:
        "Ce lien a expiré, ou le fichier a été supprimé : reprenez « download_url » du statut, ou relancez l'export.",
    },
    en: {
      title: "Link expired",
      detail:
        "This link has expired, or the file was removed: take `download_url` from the status again, or export again.",
    },
  },
} as const satisfies Record<string, ProblemKind>;
