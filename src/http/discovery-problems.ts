import type { ProblemKind } from "./problem-kind.ts";

/** Search, lists and exports. */
export const DISCOVERY_PROBLEMS = {
  "search.too_slow": {
    status: 422,
    retryable: false,
    fr: {
      title: "Recherche trop large",
      detail:
        "Cette combinaison de filtres et de tri demande de lire trop de données. Ajoutez un filtre (département, code NAF, score minimal ; liste ou date pour les changements), ou exportez.",
    },
    en: {
      title: "Search too broad",
      detail:
        "This combination of filters and sort has to read too much. Add a filter (department, NAF code, least score; a list or a date for changes), or export.",
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
  "notes.too_many": {
    status: 409,
    retryable: false,
    fr: { title: "Trop de notes", detail: "Une entreprise a au plus 1 000 notes : supprimez-en." },
    en: { title: "Too many notes", detail: "A company has 1,000 notes at most: delete some." },
  },
  "notes.not_author": {
    status: 403,
    retryable: false,
    fr: {
      title: "Note d'un autre",
      detail:
        "Seuls son auteur, un propriétaire ou un administrateur peuvent modifier ou supprimer une note.",
    },
    en: {
      title: "Somebody else's note",
      detail: "Only its author, an owner or an administrator may change or delete a note.",
    },
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
  "exports.too_many": {
    status: 409,
    retryable: true,
    fr: {
      title: "Trop d'exports en cours",
      detail:
        "Une organisation a au plus 5 exports en attente ou en cours : attendez qu'un se termine, ou annulez-en un.",
    },
    en: {
      title: "Too many exports under way",
      detail:
        "An organisation has 5 exports waiting or running at most: wait until one has ended, or cancel one.",
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
  "exports.file_changed": {
    status: 412,
    retryable: false,
    fr: {
      title: "Un autre fichier",
      detail:
        "Le fichier n'est pas celui que nomme « If-Match » : « ETag » est le sien. Reprenez-le du début.",
    },
    en: {
      title: "Another file",
      detail:
        "The file is not the one that `If-Match` names: `ETag` is its own. Fetch it from the beginning.",
    },
  },
  "exports.range_unsatisfiable": {
    status: 416,
    retryable: false,
    fr: {
      title: "Plage hors du fichier",
      detail: "La plage demandée commence après la fin du fichier : « Content-Range » en donne la longueur.",
    },
    en: {
      title: "Range outside the file",
      detail: "The range begins behind the end of the file: `Content-Range` says how long it is.",
    },
  },
} as const satisfies Record<string, ProblemKind>;
