import type { SourceAnswer, SourceQuery } from "../../../src/domain/enrichment/ports.ts";
import type { SourceName } from "../../../src/domain/enrichment/source.ts";
import { BASE_URLS } from "../../../src/providers/base-urls.ts";
import type { HttpFetch } from "../../../src/providers/http.ts";
import { buildProviders } from "../../../src/providers/registry.ts";

export const NOW = Date.parse("2026-11-20T10:00:00.000Z");
export const KEY = "secret-key-5f2c";
const UNUSED_KEY = "another-secret";

/** An upstream that gives the same answers in turn (the last one for ever) and remembers what it was asked. */
export function upstream(...answers: (() => Response)[]) {
  const requests: Request[] = [];
  const http: HttpFetch = async (request) => {
    requests.push(request);
    const answer = answers[Math.min(requests.length, answers.length) - 1];
    if (answer === undefined) throw new TypeError("fetch failed");
    return answer();
  };
  return { http, requests };
}

export function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return (): Response => new Response(status === 204 ? null : text, { status, headers });
}

export function ask(
  source: SourceName,
  http: HttpFetch,
  more: Partial<SourceQuery> & { key?: string | undefined; signal?: AbortSignal } = {},
): Promise<SourceAnswer> {
  const { key = KEY, signal = new AbortController().signal, siren = "912345675", linkedin = [] } = more;
  const settings = (name: SourceName) => ({
    baseUrl: BASE_URLS[name],
    key: name === source ? key : UNUSED_KEY,
  });
  const providers = buildProviders(
    {
      sources: {
        recherche_entreprises: settings("recherche_entreprises"),
        insee: settings("insee"),
        bodacc: settings("bodacc"),
        ratios_inpi: settings("ratios_inpi"),
        pappers: settings("pappers"),
        kaspr: settings("kaspr"),
      },
      userAgent: "ma-intelligence-test/1.0 (+https://example.test)",
      now: () => NOW,
    },
    http,
  );
  const provider = providers.get(source);
  if (provider === undefined) throw new Error(`no provider for ${source}`);
  return provider.lookUp({ siren, linkedin }, signal);
}

/** The record of an answer that must be one. */
export function recordOf(answer: SourceAnswer) {
  if (answer.kind !== "found") throw new Error(`expected a record, got ${JSON.stringify(answer)}`);
  return answer.record;
}

export const PERSON = { nom: "Michel Durand", profil: "michel-durand-1a2b3c" };
