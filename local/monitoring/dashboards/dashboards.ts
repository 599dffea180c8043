import { API } from "./api.ts";
import { BUSINESS } from "./business.ts";
import { ENRICHMENT_CACHE } from "./enrichment-cache.ts";
import { grafanaJson } from "./grafana-json.ts";
import { JOBS_QUEUES } from "./jobs-queues.ts";
import type { Dashboard } from "./panel.ts";
import { SECURITY_AUDIT } from "./security-audit.ts";
import { SLO } from "./slo.ts";

export const DASHBOARDS: readonly Dashboard[] = [
  API,
  ENRICHMENT_CACHE,
  JOBS_QUEUES,
  SECURITY_AUDIT,
  SLO,
  BUSINESS,
];

/** The text of each file of dashboards/grafana by its name. */
export function dashboardFiles(): Record<string, string> {
  const files = DASHBOARDS.map((one) => [
    `${one.uid}.json`,
    `${JSON.stringify(grafanaJson(one), null, 2)}\n`,
  ]);
  return Object.fromEntries(files);
}

/** Every expression, and where it stands. */
export function dashboardQueries(): { place: string; expression: string }[] {
  return DASHBOARDS.flatMap(({ uid, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap(({ title, queries }) =>
        queries.map(({ expression }) => ({ place: `${uid}: ${title}`, expression })),
      ),
    ),
  );
}
