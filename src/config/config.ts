import { z } from "zod";
import type { RateLimit } from "../domain/enrichment/gate.ts";
import { SOURCE_NAMES, SourceName } from "../domain/enrichment/source.ts";
import { HOOK_CHANNELS, type HookChannel } from "../domain/webhooks/hook-channel.ts";
import { BASE_URLS } from "../providers/base-urls.ts";
import { SOURCE_POLICIES } from "../domain/enrichment/source-policy.ts";
import { type MasterKey, MasterKeys } from "./master-keys.ts";
import {
  OBSERVABILITY_SETTINGS,
  observabilityConfig,
  type ObservabilityConfig,
  observabilityFaults,
} from "./observability-config.ts";
import { json, milliseconds, onOff, optionalText } from "./setting-types.ts";

/** At most what each upstream publishes, or what its users report; see docs/providers.md. */
const DEFAULT_LIMITS: Record<SourceName, RateLimit[]> = {
  recherche_entreprises: [{ limit: 7, window_ms: 1_000 }],
  insee: [{ limit: 30, window_ms: 60_000 }],
  bodacc: [{ limit: 10, window_ms: 1_000 }],
  ratios_inpi: [{ limit: 10, window_ms: 1_000 }],
  pappers: [{ limit: 5, window_ms: 1_000 }],
  kaspr: [
    { limit: 60, window_ms: 60_000 },
    { limit: 500, window_ms: 86_400_000 },
  ],
};

/** Of the sources that can't be called without a key. */
export const KEY_NAMES = {
  insee: "INSEE_API_KEY",
  pappers: "PAPPERS_API_KEY",
  kaspr: "KASPR_API_KEY",
} as const;

const sourceList = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  )
  .pipe(z.array(SourceName).min(1));

/** An origin as browsers send it: scheme, host and port, nothing after. */
const originList = optionalText.transform((text, context) => {
  const origins = (text ?? "").split(",").map((one) => one.trim());
  const named = origins.filter((one) => one !== "");
  if (named.every((one) => URL.canParse(one) && new URL(one).origin === one)) return named;
  context.addIssue({ code: "custom", message: "must be origins such as https://app.example.com" });
  return z.NEVER;
});

/** As Standard Webhooks writes it, of 24 bytes at least. */
const WEBHOOK_SECRET = /^whsec_(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$/;

const limit = z.object({ limit: z.int().positive(), window_ms: z.int().positive() });

function isDatabaseUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { hostname, username, pathname } = new URL(text);
  return hostname !== "" && username !== "" && pathname.length > 1;
}

/** Of the S3 interface of the bucket that holds exports: then a download does not pass through the Worker. */
const R2Credentials = z.strictObject({
  endpoint: z.url(),
  bucket: z.string().min(1),
  access_key_id: z.string().min(1),
  secret_access_key: z.string().min(1),
});

const Settings = z.object({
  ...OBSERVABILITY_SETTINGS,
  ENVIRONMENT: z.enum(["development", "test", "staging", "production"]),
  DATABASE_URL: z.string().refine(isDatabaseUrl, "must be postgresql://user:password@host/database, escaped"),
  ENABLED_SOURCES: sourceList,
  DEFAULT_SOURCES: sourceList,
  MASTER_KEYS: MasterKeys,
  ALLOWED_ORIGINS: originList,
  RATE_LIMITS: onOff,
  LIMITER_READ_TIMEOUT_MS: milliseconds({ min: 10, max: 10_000 }, 150),
  CREDIT_PRICES: json(z.partialRecord(SourceName, z.number().min(0).max(1_000))),
  PAPPERS_API_KEY: optionalText,
  KASPR_API_KEY: optionalText,
  INSEE_API_KEY: optionalText,
  NEON_LOCAL_BRIDGE: optionalText,
  SOURCE_BASE_URLS: json(z.partialRecord(SourceName, z.url())),
  SOURCE_LIMITS: json(z.partialRecord(SourceName, z.array(limit).min(1))),
  ENRICH_BUDGET_MS: z.coerce.number().int().min(500).max(25_000).default(8_000),
  BATCH_IN_FLIGHT: z.coerce.number().int().min(1).max(200).default(6),
  BATCH_BUDGET_MS: z.coerce.number().int().min(1_000).max(300_000).default(60_000),
  HOOK_SECRETS: json(
    z
      .partialRecord(z.enum(HOOK_CHANNELS), z.string().min(24))
      .refine(({ generic }) => generic === undefined || WEBHOOK_SECRET.test(generic), { path: ["generic"] }),
  ),
  EXPORT_STEP_ROWS: z.coerce.number().int().min(1).max(1_000_000).default(100_000),
  EXPORT_STEP_MS: z.coerce.number().int().min(100).max(90_000).default(60_000),
  AIRTABLE_BASE_URL: optionalText.pipe(z.url().nullable()),
  R2_S3: json(R2Credentials),
  SOURCE_ATTEMPT_MS: z.coerce.number().int().min(100).max(20_000).default(4_000),
  PUBLIC_ORIGIN: z.url().default("https://api.invalid"),
  USER_AGENT: z.string().min(1).default("ma-intelligence-api/0.1 (contact: operations)"),
});

type Settings = z.infer<typeof Settings>;

export interface Config {
  environment: Settings["ENVIRONMENT"];
  databaseUrl: string;
  neonBridge: string | null;
  /** Where clients reach us; names the keys of the Cache API. */
  publicOrigin: string;
  sources: {
    enabled: SourceName[];
    /** Asked when the caller names none: free ones only. */
    defaults: SourceName[];
    endpoints: Record<SourceName, { baseUrl: string; key: string | undefined }>;
    limits: Record<SourceName, RateLimit[]>;
    userAgent: string;
  };
  enrichBudgetMs: number;
  sourceAttemptMs: number;
  batch: {
    /** Companies that one consumer has under way at once. */
    inFlight: number;
    /** A row waits this long for its sources, which serve requests first. */
    budgetMs: number;
  };
  exports: {
    /** One message of the queue writes so many companies, for so long, whichever ends first. */
    stepRows: number;
    stepMs: number;
    airtableUrl: string;
    /** null: downloads are served by the Worker. */
    s3: z.infer<typeof R2Credentials> | null;
  };
  /** Who signs with these may tell us something; a channel without one is closed. */
  hookSecrets: Partial<Record<HookChannel, string>>;
  /** The first one wraps new keys. */
  masterKeys: MasterKey[];
  /** Browsers on these may call us. */
  allowedOrigins: string[];
  limiter: {
    /** Off for benchmarks only. */
    enabled: boolean;
    /** A read waits no longer for an unreachable limiter. */
    readTimeoutMs: number;
  };
  observability: ObservabilityConfig;
  /** Euros per credit; a source that is not named costs nothing. */
  creditPrices: Partial<Record<SourceName, number>>;
}

/** What is wrong with the settings, one line a setting; values are never repeated. */
export class ConfigurationError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`configuration: ${problems.join("; ")}`);
    this.problems = problems;
  }
}

function productionFaults(settings: Settings): string[] {
  const faults = observabilityFaults(settings);
  if (settings.RATE_LIMITS === "off") faults.push("RATE_LIMITS: can't be off in production");
  for (const source of settings.ENABLED_SOURCES) {
    if (SOURCE_POLICIES[source].paid && settings.CREDIT_PRICES?.[source] === undefined)
      faults.push(`CREDIT_PRICES.${source}: missing, and ${source} is enabled and paid`);
  }
  for (const origin of settings.ALLOWED_ORIGINS) {
    if (!origin.startsWith("https://")) faults.push("ALLOWED_ORIGINS: must be https");
  }
  if (settings.AIRTABLE_BASE_URL !== null && !settings.AIRTABLE_BASE_URL.startsWith("https://"))
    faults.push("AIRTABLE_BASE_URL: must be https");
  if (settings.NEON_LOCAL_BRIDGE !== null) faults.push("NEON_LOCAL_BRIDGE: only for the local stack");
  for (const [source, url] of Object.entries(settings.SOURCE_BASE_URLS ?? {})) {
    if (!url.startsWith("https://")) faults.push(`SOURCE_BASE_URLS.${source}: must be https`);
  }
  return faults;
}

const Strict = z.object({ ENVIRONMENT: z.enum(["staging", "production"]) });
const Keys = z.object({
  ENABLED_SOURCES: z.string().default(""),
  PAPPERS_API_KEY: optionalText,
  KASPR_API_KEY: optionalText,
  INSEE_API_KEY: optionalText,
});

/** Looked for in the raw settings, so that a missing key is named even when another setting is wrong too. */
function missingKeys(env: object): string[] {
  const keys = Keys.safeParse(env);
  if (!Strict.safeParse(env).success || !keys.success) return [];
  const enabled = keys.data.ENABLED_SOURCES.split(",").map((name) => name.trim());
  return Object.entries(KEY_NAMES).flatMap(([source, name]) =>
    enabled.includes(source) && keys.data[name] === null
      ? [`${name}: missing, and ${source} is enabled`]
      : [],
  );
}

function generalFaults(settings: Settings): string[] {
  return settings.DEFAULT_SOURCES.flatMap((source) => {
    if (!settings.ENABLED_SOURCES.includes(source)) return [`DEFAULT_SOURCES: ${source} is not enabled`];
    return SOURCE_POLICIES[source].paid ? [`DEFAULT_SOURCES: ${source} is paid, callers must name it`] : [];
  });
}

function endpointsOf(settings: Settings): Config["sources"]["endpoints"] {
  const endpoint = (source: SourceName, key: string | null = null) => ({
    baseUrl: settings.SOURCE_BASE_URLS?.[source] ?? BASE_URLS[source],
    key: key ?? undefined,
  });
  return {
    recherche_entreprises: endpoint("recherche_entreprises"),
    insee: endpoint("insee", settings.INSEE_API_KEY),
    bodacc: endpoint("bodacc"),
    ratios_inpi: endpoint("ratios_inpi"),
    pappers: endpoint("pappers", settings.PAPPERS_API_KEY),
    kaspr: endpoint("kaspr", settings.KASPR_API_KEY),
  };
}

/**
 * Reads every setting once. Throws `ConfigurationError` naming all that is missing or wrong at once;
 * production is strict, development works without any provider key.
 */
export function parseConfig(env: object): Config {
  const parsed = Settings.safeParse(env);
  const missing = missingKeys(env);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new ConfigurationError([...wrong, ...missing]);
  }
  const settings = parsed.data;
  const strict = settings.ENVIRONMENT === "production" || settings.ENVIRONMENT === "staging";
  const faults = [...generalFaults(settings), ...(strict ? productionFaults(settings) : []), ...missing];
  if (faults.length > 0) throw new ConfigurationError(faults);
  return Object.freeze({
    environment: settings.ENVIRONMENT,
    databaseUrl: settings.DATABASE_URL,
    neonBridge: settings.NEON_LOCAL_BRIDGE,
    publicOrigin: new URL(settings.PUBLIC_ORIGIN).origin,
    sources: {
      enabled: SOURCE_NAMES.filter((name) => settings.ENABLED_SOURCES.includes(name)),
      defaults: settings.DEFAULT_SOURCES,
      endpoints: endpointsOf(settings),
      limits: { ...DEFAULT_LIMITS, ...settings.SOURCE_LIMITS },
      userAgent: settings.USER_AGENT,
    },
    enrichBudgetMs: settings.ENRICH_BUDGET_MS,
    sourceAttemptMs: settings.SOURCE_ATTEMPT_MS,
    batch: { inFlight: settings.BATCH_IN_FLIGHT, budgetMs: settings.BATCH_BUDGET_MS },
    exports: {
      stepRows: settings.EXPORT_STEP_ROWS,
      stepMs: settings.EXPORT_STEP_MS,
      airtableUrl: settings.AIRTABLE_BASE_URL ?? "https://api.airtable.com",
      s3: settings.R2_S3,
    },
    hookSecrets: settings.HOOK_SECRETS ?? {},
    observability: observabilityConfig(settings),
    masterKeys: settings.MASTER_KEYS,
    allowedOrigins: settings.ALLOWED_ORIGINS,
    limiter: { enabled: settings.RATE_LIMITS !== "off", readTimeoutMs: settings.LIMITER_READ_TIMEOUT_MS },
    creditPrices: settings.CREDIT_PRICES ?? {},
  });
}
