/** A route whose users notice at once when it is slow or gone. */
interface CriticalRoute {
  readonly id: string;
  readonly title: string;
  readonly method: "GET" | "POST";
  /** As the OpenAPI document writes it. */
  readonly endpoint: string;
  /** 95 % of its answers come within this time: a bucket of `http_request_duration_seconds`. */
  readonly p95Seconds: number;
}

const ROUTES = [
  {
    id: "company",
    title: "Read a company",
    method: "GET",
    endpoint: "/api/v2/companies/{siren}",
    p95Seconds: 0.1,
  },
  {
    id: "enrich",
    title: "Enrich a company",
    method: "POST",
    endpoint: "/api/v2/scraping/enrich",
    p95Seconds: 2.5,
  },
  {
    id: "search",
    title: "Search companies",
    method: "GET",
    endpoint: "/api/v2/companies",
    p95Seconds: 0.25,
  },
  {
    id: "batch",
    title: "Upload a batch",
    method: "POST",
    endpoint: "/api/v2/scraping/batch-async",
    p95Seconds: 1,
  },
  {
    id: "task",
    title: "Follow a task",
    method: "GET",
    endpoint: "/api/v2/tasks/{id}/status",
    p95Seconds: 0.25,
  },
  { id: "export", title: "Order an export", method: "POST", endpoint: "/api/v2/exports", p95Seconds: 1 },
  { id: "login", title: "Sign in", method: "POST", endpoint: "/api/v2/auth/login", p95Seconds: 1 },
] as const satisfies readonly CriticalRoute[];

const ROUTE_KINDS = ["latency", "errors", "availability"] as const;
/** What an objective is about; each kind has its runbook, `docs/runbooks/slo-<kind>.md`. */
export const SLO_KINDS = [...ROUTE_KINDS, "batch", "export", "webhook", "audit"] as const;
export type SloKind = (typeof SLO_KINDS)[number];

type Selector = Readonly<Record<string, string>>;

/** How good events are told from all events, in terms of metrics of the register. */
export type Sli =
  /** Good: those whose `label` matches none of `bad`, an anchored regular expression. */
  | {
      readonly by: "label";
      readonly metric: string;
      readonly where: Selector;
      readonly label: string;
      readonly bad: string;
    }
  /** Good: observations of at most `seconds`, a bucket; of those where `label` matches none of `except`. */
  | {
      readonly by: "time";
      readonly metric: string;
      readonly where: Selector;
      readonly seconds: number;
      readonly except: { readonly label: string; readonly values: string } | null;
    };

export interface Slo {
  readonly id: string;
  readonly title: string;
  readonly kind: SloKind;
  /** The critical route it is about, null for work that no route does. */
  readonly route: string | null;
  /** The share of events that must be good, over the window. */
  readonly objective: number;
  readonly windowDays: number;
  readonly sli: Sli;
}

export const SLO_WINDOW_DAYS = 30;
/** Ours to answer for: a 4xx, 429 included, is the client's. */
const SERVER_FAULT = "500";
const UNSERVED = "50[234]";

function slosOfRoute({ id, title, method, endpoint, p95Seconds }: CriticalRoute): Slo[] {
  const where = { method, endpoint };
  const common = { route: `${method} ${endpoint}`, windowDays: SLO_WINDOW_DAYS };
  const byStatus = { by: "label", metric: "http_requests_total", where, label: "status" } as const;
  return [
    {
      ...common,
      id: `${id}_latency`,
      kind: "latency",
      title: `${title}: 95 % within ${p95Seconds * 1_000} ms`,
      objective: 0.95,
      sli: {
        by: "time",
        metric: "http_request_duration_seconds",
        where,
        seconds: p95Seconds,
        except: { label: "status", values: "5.." },
      },
    },
    {
      ...common,
      id: `${id}_errors`,
      kind: "errors",
      title: `${title}: no error of ours`,
      objective: 0.999,
      sli: { ...byStatus, bad: SERVER_FAULT },
    },
    {
      ...common,
      id: `${id}_availability`,
      kind: "availability",
      title: `${title}: can be served`,
      objective: 0.999,
      sli: { ...byStatus, bad: UNSERVED },
    },
  ];
}

const WORK = [
  {
    id: "batch_completion",
    kind: "batch",
    title: "Batches take at most 30 s and 1 s a row",
    objective: 0.99,
    sli: { by: "time", metric: "ma_batch_row_seconds", where: {}, seconds: 1, except: null },
  },
  {
    id: "export_freshness",
    kind: "export",
    title: "Exports are ready within 5 minutes",
    objective: 0.99,
    sli: { by: "time", metric: "ma_export_duration_seconds", where: {}, seconds: 300, except: null },
  },
  {
    id: "webhook_delay",
    kind: "webhook",
    title: "Events are first sent within 60 s",
    objective: 0.99,
    sli: { by: "time", metric: "webhook_delay_seconds", where: {}, seconds: 60, except: null },
  },
  {
    id: "audit_verification",
    kind: "audit",
    title: "Verified audit chains are intact",
    objective: 0.999,
    sli: {
      by: "label",
      metric: "audit_verifications_total",
      where: {},
      label: "result",
      bad: "broken|unavailable",
    },
  },
] as const satisfies readonly Omit<Slo, "route" | "windowDays">[];

/** Every objective there is: `/slo`, the alert rules and the SLO dashboard are made from these. */
export const SLOS: readonly Slo[] = [
  ...ROUTES.flatMap(slosOfRoute),
  ...WORK.map((slo) => ({ ...slo, route: null, windowDays: SLO_WINDOW_DAYS })),
];

export const SLO_IDS: readonly string[] = SLOS.map(({ id }) => id);
