import { randomBytes } from "node:crypto";
import { SOURCE_NAMES } from "../src/domain/enrichment/source.ts";
import { LocalError } from "./local-error.ts";

/** The sandbox must never be what slows a local run down. */
const SANDBOX_LIMIT = { limit: 1000, window_ms: 1000 };

const SANDBOX_PATHS = {
  recherche_entreprises: "/recherche-entreprises",
  insee: "/insee/api-sirene/3.11",
  bodacc: "/bodacc/api/explore/v2.1",
  ratios_inpi: "/ratios-inpi/api/explore/v2.1",
  pappers: "/pappers/v2",
  kaspr: "/kaspr",
} as const satisfies Record<(typeof SOURCE_NAMES)[number], string>;

/** Known to everybody: this stack listens on this machine only. */
const LOCAL_HOOK_SECRETS = {
  pappers: "local-pappers-token-0123456789",
  generic: "whsec_bG9jYWwtZ2VuZXJpYy1jaGFubmVsLXNlY3JldA==",
};

export interface WorkerAddresses {
  databaseUrl: string;
  bridgeUrl: string;
  sandboxUrl: string;
  metricsToken: string;
  masterKeys: string;
}

/** A master key of a new database: data it wraps is lost without it. */
export function newMasterKeys(): string {
  return `local:${randomBytes(32).toString("base64")}`;
}

/** The Worker's settings when everything around it runs on this machine. */
export function workerSettings(addresses: WorkerAddresses): Record<string, string> {
  const baseUrls = Object.entries(SANDBOX_PATHS).map(([source, at]) => [source, addresses.sandboxUrl + at]);
  const limits = SOURCE_NAMES.map((source) => [source, [SANDBOX_LIMIT]]);
  return {
    DATABASE_URL: addresses.databaseUrl,
    NEON_LOCAL_BRIDGE: addresses.bridgeUrl,
    SOURCE_BASE_URLS: JSON.stringify(Object.fromEntries(baseUrls)),
    SOURCE_LIMITS: JSON.stringify(Object.fromEntries(limits)),
    PAPPERS_API_KEY: "sandbox-key",
    KASPR_API_KEY: "sandbox-key",
    AIRTABLE_BASE_URL: `${addresses.sandboxUrl}/airtable`,
    INSEE_API_KEY: "sandbox-key",
    HOOK_SECRETS: JSON.stringify(LOCAL_HOOK_SECRETS),
    METRICS_TOKEN: addresses.metricsToken,
    LOG_SAMPLE: "1",
    QUERY_HEADERS: "on",
    MASTER_KEYS: addresses.masterKeys,
  };
}

const PASSED_ON = ["TRACES_URL", "TRACE_SAMPLE", "SENTRY_DSN", "LOG_SAMPLE"] as const;

/** What a developer wants to see, and where, as the environment says it. */
export function sinkSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** In single quotes nothing but the quote itself and `$` means anything to wrangler's reader. */
export function formatEnvFile(settings: Record<string, string>): string {
  const lines = Object.entries(settings).map(([key, value]) => {
    if (/['$\n\r]/.test(value))
      throw new LocalError(`${key} holds a character that an env file cannot carry`);
    return `${key}='${value}'\n`;
  });
  return lines.join("");
}
