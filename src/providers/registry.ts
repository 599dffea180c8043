import type { SourceProvider } from "../domain/enrichment/ports.ts";
import { SOURCE_NAMES, type SourceName } from "../domain/enrichment/source.ts";
import { createBodacc } from "./bodacc/provider.ts";
import type { HttpFetch, ProviderContext } from "./http.ts";
import { createInsee } from "./insee/provider.ts";
import { createKaspr } from "./kaspr/provider.ts";
import { createPappers } from "./pappers/provider.ts";
import { createRatiosInpi } from "./ratios-inpi/provider.ts";
import { createRechercheEntreprises } from "./recherche-entreprises/provider.ts";

export interface SourceSettings {
  /** Without a trailing slash; see `base-urls.ts`. */
  baseUrl: string;
  /** A source that needs one and has none answers `not_configured`. */
  key?: string | undefined;
}

export interface ProviderSettings {
  sources: Record<SourceName, SourceSettings>;
  /** Who we are, and where to complain: public registers block the anonymous first. */
  userAgent: string;
  now: () => number;
}

const FACTORIES = {
  recherche_entreprises: createRechercheEntreprises,
  insee: createInsee,
  bodacc: createBodacc,
  ratios_inpi: createRatiosInpi,
  pappers: createPappers,
  kaspr: createKaspr,
} satisfies Record<SourceName, (context: ProviderContext) => SourceProvider>;

/** Every source, whether or not it is set up: one that lacks its key says so when asked. */
export function buildProviders(settings: ProviderSettings, http: HttpFetch): Map<SourceName, SourceProvider> {
  const { sources, userAgent, now } = settings;
  return new Map(
    SOURCE_NAMES.map((source) => {
      const { baseUrl, key } = sources[source];
      const context = {
        source,
        baseUrl: baseUrl.replace(/\/+$/, ""),
        key: key || null,
        userAgent,
        now,
        http,
      };
      return [source, FACTORIES[source](context)];
    }),
  );
}
