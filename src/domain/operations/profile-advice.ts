export const ADVICE_CODES = [
  "faults",
  "slow",
  "slow_sources",
  "repeated_statement",
  "most_of_the_time",
  "cache_misses",
  "slow_statement",
  "called_in_a_loop",
  "failures",
  "slow_provider",
  "most_of_the_cost",
  "finds_little",
] as const;

/** Something worth doing, by rule: `code` is stable, `text` is for people. */
export interface Advice {
  code: (typeof ADVICE_CODES)[number];
  text: string;
}

/** Fewer prove nothing. */
const ENOUGH = 20;
const FAULT_SHARE = 0.01;
const SLOW_P95_MS = 1_000;
const SLOW_STATEMENT_MS = 50;
const SLOW_PROVIDER_MS = 1_000;
const LOOP_CALLS = 3;
const FAILURE_SHARE = 0.05;
const MAIN_SHARE = 0.5;
/** As the alert of the cache ratio. */
const CACHE_RATIO = 0.7;
const NOTABLE_EUROS = 10;
const FOUND_SHARE = 0.3;

/** The route that waits for sources while its client waits. */
const ASKS_SOURCES = /\/enrich$/;
const READS_COMPANY = /\/companies\/\{siren\}$|\/enrich$/;

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function time(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

interface Source {
  provider: string;
  calls: number;
  meanMs: number;
}

/** Sources are asked side by side: the slowest is what the answer waits for. */
function slowAdvice({ route, p95Ms, meanMs }: RouteFigures, sources: Source[]): Advice {
  const [slowest] = [...sources].filter(({ calls }) => calls > 0).sort((a, b) => b.meanMs - a.meanMs);
  if (ASKS_SOURCES.test(route) && slowest !== undefined && slowest.meanMs >= MAIN_SHARE * meanMs) {
    const text = `95 % are answered within ${time(p95Ms)}. Most of that is waiting for sources; ${slowest.provider} is the slowest with ${time(slowest.meanMs)} a call: see what is said of it below, and whether callers need it (\`sources\`).`;
    return { code: "slow_sources", text };
  }
  const text = `95 % are answered within ${time(p95Ms)}. Compare \`db_ms\` with \`duration_ms\` in its log lines: what is left is spent in sources, objects or computing.`;
  return { code: "slow", text };
}

interface RouteFigures {
  route: string;
  requests: number;
  p95Ms: number;
  meanMs: number;
  errors: number;
  errorShare: number;
  repeated: number;
  timeShare: number;
}

export function routeAdvice(
  figures: RouteFigures,
  { sources, cacheRatio }: { sources: Source[]; cacheRatio: number | null },
): Advice[] {
  const { route, requests, p95Ms, errors, errorShare, repeated, timeShare } = figures;
  const advice: Advice[] = [];
  const say = (code: Advice["code"], text: string): void => void advice.push({ code, text });
  if (requests < ENOUGH) return advice;
  if (errorShare >= FAULT_SHARE)
    say(
      "faults",
      `${percent(errorShare)} of its answers (${errors}) are 5xx: follow the runbook slo-errors.`,
    );
  if (p95Ms >= SLOW_P95_MS) advice.push(slowAdvice(figures, sources));
  if (repeated > 0)
    say(
      "repeated_statement",
      `${repeated} requests to this address ran one statement more than three times: the event \`query_repeated\` names it. Read all its rows at once.`,
    );
  if (cacheRatio !== null && cacheRatio < CACHE_RATIO && READS_COMPANY.test(route))
    say(
      "cache_misses",
      `Caches answered only ${percent(cacheRatio)} of the reads of companies: see the dashboard ma-enrichment-cache for the layer that misses.`,
    );
  if (timeShare >= MAIN_SHARE)
    say("most_of_the_time", `${percent(timeShare)} of all answering time: what is gained here counts most.`);
  return advice;
}

interface QueryFigures {
  calls: number;
  callsPerRequest: number;
  meanMs: number;
  timeShare: number;
}

export function queryAdvice({ calls, callsPerRequest, meanMs, timeShare }: QueryFigures): Advice[] {
  const advice: Advice[] = [];
  const say = (code: Advice["code"], text: string): void => void advice.push({ code, text });
  if (calls < ENOUGH) return advice;
  if (meanMs >= SLOW_STATEMENT_MS)
    say(
      "slow_statement",
      `${time(meanMs)} a call, the round trip included. If all statements are as slow, it is the way to the database; else explain this one on a copy of production and look for an index.`,
    );
  if (callsPerRequest >= LOOP_CALLS)
    say(
      "called_in_a_loop",
      `${callsPerRequest.toFixed(1)} calls for each request answered, queues and scheduled jobs included: look for a loop, and read all rows at once.`,
    );
  if (timeShare >= MAIN_SHARE)
    say(
      "most_of_the_time",
      `${percent(timeShare)} of all time in the database: what is gained here counts most.`,
    );
  return advice;
}

interface ProviderFigures {
  calls: number;
  failures: number;
  failureShare: number;
  meanMs: number;
  credits: number;
  euros: number;
  euroShare: number;
}

/** `mainReason`: why most of the failures failed, null without any; `found`: answers with something in them. */
export function providerAdvice(
  figures: ProviderFigures,
  { mainReason, found }: { mainReason: string | null; found: number },
): Advice[] {
  const { calls, failures, failureShare, meanMs, credits, euros, euroShare } = figures;
  const advice: Advice[] = [];
  const say = (code: Advice["code"], text: string): void => void advice.push({ code, text });
  if (calls < ENOUGH) return advice;
  if (mainReason !== null && failureShare >= FAILURE_SHARE)
    say(
      "failures",
      `${percent(failureShare)} of the calls failed, most of them as \`${mainReason}\`: see /health/detailed for its breaker, and its key and quota.`,
    );
  if (meanMs >= SLOW_PROVIDER_MS)
    say(
      "slow_provider",
      `${time(meanMs)} a call, tries and waits included: every enrichment that asks it waits as long.`,
    );
  if (euroShare >= MAIN_SHARE && euros >= NOTABLE_EUROS)
    say(
      "most_of_the_cost",
      `${percent(euroShare)} of what providers charged (${euros.toFixed(2)} €): ask it only for companies that need it, and set budgets.`,
    );
  const answered = calls - failures;
  if (credits > 0 && answered >= ENOUGH && found / answered < FOUND_SHARE)
    say(
      "finds_little",
      `Paid for, and only ${percent(found / answered)} of its answers had something in them: ask the free sources first.`,
    );
  return advice;
}
