import { eventually } from "./eventually.ts";
import type { Load } from "./load.ts";
import type { PrometheusApi } from "./prometheus-api.ts";
import { output } from "./programs.ts";
import type { Service } from "./service.ts";

const OPENMETRICS = "application/openmetrics-text; version=1.0.0";

async function readPage(
  { url, metricsToken }: Service,
  accept: string,
): Promise<{ type: string; text: string }> {
  const headers = { accept, connection: "close", authorization: `Bearer ${metricsToken}` };
  const response = await fetch(`${url}/metrics`, { headers });
  const text = await response.text();
  if (response.status !== 200)
    throw new Error(`GET /metrics answers ${response.status}: ${text.slice(0, 300)}`);
  return { type: response.headers.get("content-type") ?? "", text };
}

/** Both forms of the page as a running service writes it; Prometheus itself asks for OpenMetrics. */
export async function checkPage(service: Service, promtool: string): Promise<string> {
  const plain = await readPage(service, "text/plain");
  if (!plain.type.startsWith("text/plain; version=0.0.4")) throw new Error(`/metrics is ${plain.type}`);
  const complaints = (await output(promtool, ["check", "metrics"], plain.text)).trim();
  if (complaints !== "") throw new Error(`promtool check metrics:\n${complaints}`);
  const open = await readPage(service, OPENMETRICS);
  if (!open.type.startsWith(OPENMETRICS)) throw new Error(`asked for OpenMetrics, /metrics is ${open.type}`);
  if (!open.text.endsWith("# EOF\n")) throw new Error("the OpenMetrics page has no end");
  const samples = plain.text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  return `promtool has nothing to say about ${samples} samples`;
}

/** Prometheus reads the page: its own account of the scrapes and the rules. */
export async function checkScrapes(prometheus: PrometheusApi, signal: AbortSignal): Promise<string> {
  const state = { errors: "no target" };
  await eventually({ what: "Prometheus scrapes the service", withinMs: 20_000, signal }, async () => {
    const targets = await prometheus.targets();
    state.errors = targets.map(({ lastError }) => lastError).join(", ");
    return targets.length > 0 && targets.every(({ health }) => health === "up") ? true : null;
  }).catch((error: unknown) => {
    throw new Error(`Prometheus cannot scrape the service: ${state.errors}`, { cause: error });
  });
  const refused = await prometheus.query('{__name__=~"prometheus_target_scrapes_(sample|exceeded).*"} > 0');
  if (refused.length > 0) throw new Error(`Prometheus refuses samples: ${JSON.stringify(refused)}`);
  const samples = (await prometheus.query("scrape_samples_scraped"))[0]?.value ?? 0;
  if (samples === 0) throw new Error("the scrape is empty");
  const groups = await prometheus.ruleGroups();
  const rules = groups.flatMap((group) => group.rules);
  const bad = rules.filter(({ health }) => health === "err");
  if (bad.length > 0) throw new Error(`rules that Prometheus cannot evaluate: ${JSON.stringify(bad)}`);
  return `up, ${samples} samples a scrape, ${rules.length} rules without error`;
}

/** `http_requests_total` in Prometheus is what the client saw, route by route and status by status. */
export async function checkSums(prometheus: PrometheusApi, load: Load, signal: AbortSignal): Promise<string> {
  const state = { differences: new Array<string>() };
  const wait = { what: "http_requests_total equals what the client saw", withinMs: 20_000, signal };
  await eventually(wait, async () => {
    const found = await prometheus.query("sum by (method, endpoint, status) (http_requests_total)");
    const counted = new Map(
      found.map(({ labels, value }) => [
        `${labels["method"]} ${labels["endpoint"]} ${labels["status"]}`,
        value,
      ]),
    );
    state.differences = [...load.tally]
      .filter(([key, count]) => counted.get(key) !== count)
      .map(([key, count]) => `${key}: ${count} answers, ${counted.get(key) ?? "none"} counted`);
    return state.differences.length === 0 ? true : null;
  }).catch((error: unknown) => {
    throw new Error(`the sums differ:\n${state.differences.join("\n")}`, { cause: error });
  });
  return `${load.sent} requests in ${load.tally.size} series, each exactly as the client saw it`;
}
