import type { ProblemKind } from "./problem-kind.ts";

/** What monitoring reads: metrics, objectives and health in detail. */
export const MONITORING_PROBLEMS = {
  "monitoring.token_missing": {
    status: 401,
    retryable: false,
    fr: {
      title: "Jeton de supervision requis",
      detail:
        "Envoyez « Authorization: Bearer … » avec la valeur du réglage METRICS_TOKEN ; une clé d'API n'ouvre pas cette route.",
    },
    en: {
      title: "Monitoring token required",
      detail:
        "Send `Authorization: Bearer …` with the value of the setting METRICS_TOKEN; an API key does not open this route.",
    },
  },
  "monitoring.token_refused": {
    status: 401,
    retryable: false,
    fr: {
      title: "Jeton de supervision refusé",
      detail: "Ce jeton n'est pas la valeur du réglage METRICS_TOKEN : comparez-les, espaces compris.",
    },
    en: {
      title: "Monitoring token refused",
      detail: "This token is not the value of the setting METRICS_TOKEN: compare them, blanks included.",
    },
  },
} as const satisfies Record<string, ProblemKind>;
