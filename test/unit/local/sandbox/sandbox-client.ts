import type { Hono } from "hono";
import { withCheckDigit } from "../../../../local/sandbox/world/identifiers.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- the answers are foreign JSON, read as a test reads it
export type Json = any;

const INSEE_KEY = { "X-INSEE-Api-Key-Integration": "test-key" };
export const KASPR_KEY = { Authorization: "Bearer test-key", "accept-version": "v2.0" };

const RECORDS = {
  bodacc: "/bodacc/api/explore/v2.1/catalog/datasets/annonces-commerciales/records",
  ratios: "/ratios-inpi/api/explore/v2.1/catalog/datasets/ratios_inpi_bce/records",
};

/** Calls a sandbox the way the product's clients do. */
export class SandboxClient {
  readonly app: Hono;

  constructor(app: Hono) {
    this.app = app;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.app.request(path, { headers });
  }

  async json(path: string, headers: Record<string, string> = {}): Promise<Json> {
    return (await this.get(path, headers)).json();
  }

  search(parameters: Record<string, string>): Promise<Response> {
    return this.get(`/recherche-entreprises/search?${new URLSearchParams(parameters).toString()}`);
  }

  insee(path: string): Promise<Response> {
    return this.get(`/insee/api-sirene/3.11${path}`, INSEE_KEY);
  }

  pappers(path: string, key = "test-key"): Promise<Response> {
    return this.get(`/pappers/v2${path}`, { "api-key": key });
  }

  entreprise(siren: string, extra = ""): Promise<Response> {
    return this.pappers(`/entreprise?siren=${siren}${extra}`);
  }

  records(dataset: keyof typeof RECORDS, parameters: Record<string, string>): Promise<Response> {
    return this.get(`${RECORDS[dataset]}?${new URLSearchParams(parameters).toString()}`);
  }

  bodacc(siren: string): Promise<Response> {
    return this.records("bodacc", {
      where: `registre="${siren}"`,
      order_by: "dateparution desc",
      limit: "100",
    });
  }

  ratios(siren: string): Promise<Response> {
    return this.records("ratios", {
      where: `siren="${siren}"`,
      order_by: "date_cloture_exercice desc",
      limit: "100",
    });
  }

  async profile(body: object, headers: Record<string, string> = KASPR_KEY): Promise<Response> {
    return this.app.request("/kaspr/profile/linkedin", {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  async control(path: string, body?: unknown): Promise<Response> {
    return this.app.request(`/__control${path}`, {
      method: "POST",
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  /** The first search result of a SIREN, undefined when there is none. */
  async found(siren: string): Promise<Json> {
    const { results }: Json = await (await this.search({ q: siren })).json();
    return results[0];
  }

  async whole(siren: string) {
    const [recherche, insee, pappers, bodacc, ratios]: Json[] = await Promise.all([
      this.found(siren),
      this.insee(`/siren/${siren}`).then((response) => response.json()),
      this.entreprise(siren).then((response) => response.json()),
      this.bodacc(siren).then((response) => response.json()),
      this.ratios(siren).then((response) => response.json()),
    ]);
    return { recherche, unit: insee.uniteLegale, pappers, notices: bodacc.results, ratios: ratios.results };
  }
}

/** Valid SIRENs one after the other, from eight digits on. */
export function sirensFrom(start: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => withCheckDigit(String(start + index).padStart(8, "0")));
}

/** A sub-object of a notice, in a string as usual or already parsed. */
export function parsed(value: Json): Json {
  return typeof value === "string" ? JSON.parse(value) : value;
}
