import { readFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { PROJECT_ROOT } from "../../local/data-folder.ts";

const ALERTMANAGER = path.join(PROJECT_ROOT, "dashboards", "alertmanager", "alertmanager.yml");
const PROMETHEUS = path.join(PROJECT_ROOT, "dashboards", "prometheus", "prometheus.yml");

/** As shipped. */
const HEARTBEAT = "https://heartbeat.example.com/replace-me";

/** What differs between the shipped configuration of Alertmanager and the tested one. */
export interface AlertmanagerPlace {
  /** `host:port` of the mail server. */
  mailHost: string;
  pagerDutyUrl: string;
  slackUrlFile: string;
  heartbeatUrl: string;
  pagerDutyKeyFile: string;
  mailPasswordFile: string;
  /** By how much less patient it is between two notices of one group; the first one waits as shipped. */
  scale: number;
}

/** The shipped routing with our addresses. Throws when it has a secret file that nobody replaced. */
export function alertmanagerConfig(place: AlertmanagerPlace): string {
  const replaced: Record<string, (value: unknown) => unknown> = {
    smtp_smarthost: () => place.mailHost,
    smarthost: () => place.mailHost,
    smtp_require_tls: () => false,
    require_tls: () => false,
    api_url_file: () => place.slackUrlFile,
    url: (value) => {
      if (value === HEARTBEAT) return place.heartbeatUrl;
      throw new Error(`alertmanager.yml has an address that nobody replaced: ${String(value)}`);
    },
    routing_key_file: () => place.pagerDutyKeyFile,
    service_key_file: () => place.pagerDutyKeyFile,
    smtp_auth_password_file: () => place.mailPasswordFile,
    auth_password_file: () => place.mailPasswordFile,
    group_interval: (value) => shorter(value, place.scale),
    repeat_interval: (value) => shorter(value, place.scale),
  };
  const shipped = replaceKeys(parse(readFileSync(ALERTMANAGER, "utf8")), (key, value) => {
    if (replaced[key] !== undefined) return replaced[key](value);
    if (key.endsWith("_file")) throw new Error(`alertmanager.yml names a file that nobody replaced: ${key}`);
    return value;
  });
  const config = z
    .looseObject({ global: z.looseObject({}), templates: z.array(z.string()).default([]) })
    .parse(shipped);
  config.global["pagerduty_url"] = place.pagerDutyUrl;
  config.global["smtp_require_tls"] = false;
  config.templates = config.templates.map((glob) => path.resolve(path.dirname(ALERTMANAGER), glob));
  return stringify(config);
}

export interface PrometheusPlace {
  /** `host:port` of the Worker. */
  target: string;
  tokenFile: string;
  /** `host:port` */
  alertmanager: string;
  rules: string;
}

/** The shipped scrape configuration with our addresses, every two seconds. */
export function prometheusConfig(place: PrometheusPlace): string {
  const config = z
    .looseObject({ scrape_configs: z.array(z.looseObject({})).length(1) })
    .parse(parse(readFileSync(PROMETHEUS, "utf8")));
  return stringify({
    ...config,
    global: { scrape_interval: "2s", scrape_timeout: "2s", evaluation_interval: "1s" },
    rule_files: [place.rules],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [place.alertmanager] }] }] },
    scrape_configs: config.scrape_configs.map(
      ({ scrape_interval: _every, scrape_timeout: _most, ...scrape }) => ({
        ...scrape,
        scheme: "http",
        authorization: { type: "Bearer", credentials_file: place.tokenFile },
        static_configs: [{ targets: [place.target] }],
      }),
    ),
  });
}

type Replace = (key: string, value: unknown) => unknown;

function replaceKeys(value: unknown, replace: Replace): unknown {
  if (Array.isArray(value)) return value.map((one) => replaceKeys(one, replace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, replace(key, replaceKeys(inner, replace))]),
  );
}

const SECONDS = { s: 1, m: 60, h: 3_600 } as const;

/** "5m" by 20: "15s" */
function shorter(duration: unknown, scale: number): string {
  const [, count, unit] = /^(\d+)([smh])$/.exec(String(duration)) ?? [];
  if (count === undefined) throw new Error(`not a duration of one unit: ${String(duration)}`);
  return `${Math.max(1, Math.round((Number(count) * SECONDS[unit as keyof typeof SECONDS]) / scale))}s`;
}
