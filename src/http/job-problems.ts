import type { ProblemKind } from "./problem-kind.ts";

/** Uploads, tasks, idempotency, webhooks and operations. */
export const JOB_PROBLEMS = {
  "uploads.unreadable": {
    status: 422,
    retryable: false,
    fr: {
      title: "Fichier illisible",
      detail:
        "Le fichier n'a pas pu être lu : « errors » dit à quelle ligne et comment le corriger. Rien n'a été facturé.",
    },
    en: {
      title: "Unreadable file",
      detail:
        "The file can't be read: `errors` says at which line and how to correct it. Nothing was charged.",
    },
  },
  "uploads.too_many_rows": {
    status: 413,
    retryable: false,
    fr: {
      title: "Trop de lignes",
      detail: "Un lot accepte au plus « limit_rows » lignes : découpez le fichier. Rien n'a été traité.",
    },
    en: {
      title: "Too many rows",
      detail: "A batch takes `limit_rows` rows at most: split the file. Nothing was processed.",
    },
  },
  "tasks.not_cancellable": {
    status: 409,
    retryable: false,
    fr: { title: "Tâche terminée", detail: "Cette tâche est déjà terminée : il n'y a plus rien à annuler." },
    en: { title: "Task ended", detail: "This task has ended already: there is nothing left to cancel." },
  },
  "tasks.not_ended": {
    status: 409,
    retryable: true,
    fr: {
      title: "Tâche en cours",
      detail: "Attendez la fin de la tâche, ou annulez-la, avant de relancer ses échecs.",
    },
    en: {
      title: "Task still running",
      detail: "Wait for its end, or cancel it, before you retry what failed.",
    },
  },
  "tasks.nothing_to_retry": {
    status: 409,
    retryable: false,
    fr: {
      title: "Rien à relancer",
      detail: "Aucune ligne de cette tâche n'a échoué d'une façon qu'un nouvel essai pourrait changer.",
    },
    en: {
      title: "Nothing to retry",
      detail: "No row of this task failed in a way that another try could change.",
    },
  },
  "idempotency.in_flight": {
    status: 409,
    retryable: true,
    fr: {
      title: "Requête en cours",
      detail:
        "Une requête avec la même « Idempotency-Key » est en cours : réessayez après « Retry-After » pour recevoir sa réponse.",
    },
    en: {
      title: "Request under way",
      detail:
        "A request with this `Idempotency-Key` is under way: try again after `Retry-After` to get its answer.",
    },
  },
  "idempotency.mismatch": {
    status: 422,
    retryable: false,
    fr: {
      title: "Clé déjà utilisée",
      detail:
        "Cette « Idempotency-Key » a servi à une autre requête (route, paramètres ou corps différents) : prenez-en une nouvelle.",
    },
    en: {
      title: "Key already used",
      detail:
        "This `Idempotency-Key` was used for another request (other route, parameters or body): take a new one.",
    },
  },
  "idempotency.unavailable": {
    status: 503,
    retryable: true,
    fr: {
      title: "Idempotence injoignable",
      detail: "Cette requête ne peut pas être garantie unique : elle n'a pas été exécutée.",
    },
    en: {
      title: "Idempotency unreachable",
      detail: "This request can't be guaranteed to run once: it was not carried out.",
    },
  },
  "webhooks.too_many": {
    status: 409,
    retryable: false,
    fr: { title: "Trop de webhooks", detail: "Une organisation a au plus 20 adresses : supprimez-en une." },
    en: { title: "Too many webhooks", detail: "An organisation has 20 endpoints at most: delete one." },
  },
  "webhooks.disabled": {
    status: 409,
    retryable: false,
    fr: { title: "Webhook désactivé", detail: 'Réactivez-le d\'abord : PATCH avec {"status": "active"}.' },
    en: { title: "Webhook disabled", detail: 'Enable it first: PATCH with {"status": "active"}.' },
  },
  "hooks.channel_unknown": {
    status: 404,
    retryable: false,
    fr: { title: "Canal inconnu", detail: "Aucun canal d'entrée de ce nom n'est configuré." },
    en: { title: "Unknown channel", detail: "No inbound channel of this name is configured." },
  },
  "hooks.signature_refused": {
    status: 401,
    retryable: false,
    fr: { title: "Signature refusée", detail: "La signature manque, est fausse ou trop ancienne." },
    en: { title: "Signature refused", detail: "The signature is missing, wrong or too old." },
  },
  "operations.operator_only": {
    status: 403,
    retryable: false,
    fr: {
      title: "Réservé à l'exploitant",
      detail:
        "Seules les organisations de l'exploitant (formule admin) ont accès à ces routes, et jamais par une clé de test.",
    },
    en: {
      title: "Operators only",
      detail:
        "Only the operator's own organisations (plan admin) have access to these routes, and never by a test key.",
    },
  },
  "dead_letters.unreadable": {
    status: 409,
    retryable: false,
    fr: {
      title: "Message illisible",
      detail: "Ce message n'est pas des nôtres, ou d'une version inconnue : il ne peut être qu'écarté.",
    },
    en: {
      title: "Unreadable message",
      detail: "This message is none of ours, or of a version unknown here: it can only be discarded.",
    },
  },
  "dead_letters.not_open": {
    status: 409,
    retryable: false,
    fr: { title: "Message déjà traité", detail: "Ce message a déjà été renvoyé ou écarté." },
    en: { title: "Already dealt with", detail: "This message was sent again or discarded already." },
  },
} as const satisfies Record<string, ProblemKind>;
