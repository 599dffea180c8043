import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { withCheckDigit } from "../../local/sandbox/world/identifiers.ts";
import { mintSiren } from "../support/mint-siren.ts";
import type { Service } from "./service.ts";

/** One request, and the route that is to answer it as the metrics write it. */
interface Call {
  method: "GET" | "POST";
  endpoint: string;
  path: string;
  body?: unknown;
  /** Sent as `authorization`; without it the demo key is. */
  authorization?: string;
  contentType?: string;
}

const KNOWN = mintSiren("observability: known");
const COMPANY = "/api/v2/companies/{siren}";
const SEARCH = "/api/v2/companies";
const ENRICH = "/api/v2/scraping/enrich";
const LOGIN = "/api/v2/auth/login";
const BATCH = "/api/v2/scraping/batch-async";
const ROWS = 5;
/** One of them charges for each company. */
const SOURCES = ["recherche_entreprises", "insee", "bodacc", "ratios_inpi", "pappers"];

/** What clients of ours do well; of ten requests three read a company, two search, and so on. */
const HEALTHY: readonly Call[] = [
  { method: "GET", endpoint: COMPANY, path: `/api/v2/companies/${KNOWN}` },
  { method: "GET", endpoint: SEARCH, path: "/api/v2/companies?limit=5" },
  { method: "POST", endpoint: ENRICH, path: ENRICH, body: { siren: KNOWN } },
  { method: "GET", endpoint: COMPANY, path: `/api/v2/companies/${KNOWN}` },
  { method: "GET", endpoint: "/api/v2/exports/columns", path: "/api/v2/exports/columns" },
  { method: "GET", endpoint: SEARCH, path: "/api/v2/companies?limit=20" },
  { method: "GET", endpoint: "/api/v2/lists", path: "/api/v2/lists" },
  { method: "GET", endpoint: COMPANY, path: `/api/v2/companies/${KNOWN}` },
  { method: "GET", endpoint: "/api/v2/tasks", path: "/api/v2/tasks" },
  { method: "GET", endpoint: "/api/v2/limits", path: "/api/v2/limits" },
];

/** What clients do wrong: each is answered with a 4xx that nobody is to be woken for. */
const WRONG: readonly Call[] = [
  { method: "GET", endpoint: COMPANY, path: `/api/v2/companies/${mintSiren("observability: never asked")}` },
  { method: "GET", endpoint: COMPANY, path: "/api/v2/companies/123" },
  { method: "GET", endpoint: SEARCH, path: SEARCH, authorization: "Bearer mai_live_unknown" },
  { method: "POST", endpoint: ENRICH, path: ENRICH, body: { siren: "552032533" } },
  { method: "GET", endpoint: "unmatched", path: "/api/v2/no-such-route" },
  { method: "POST", endpoint: LOGIN, path: LOGIN, body: { email: "no@example.test", password: "wrong one" } },
];

const LANES = 4;

interface Traffic {
  perSecond: number;
  most: number;
  /** To be enriched now and then, besides the usual. */
  company?: string;
}

interface Running {
  /** Rejects when a request got no answer at all. */
  failed: Promise<never>;
  /** Throws so too. */
  stop: () => Promise<void>;
}

const Accepted = z.object({ task_id: z.string() });

/** Asks a running service, and counts what it answered by method, route and status. */
export class Load {
  readonly tally = new Map<string, number>();
  readonly #service: Service;
  readonly #signal: AbortSignal;
  #sirens = 0;

  constructor(service: Service, signal: AbortSignal) {
    this.#service = service;
    this.#signal = signal;
  }

  /** Things that take their time: a company nobody knew, a small file and an export. */
  async prepare(): Promise<void> {
    await this.#expect(
      { method: "POST", endpoint: ENRICH, path: ENRICH, body: { siren: KNOWN, sources: SOURCES } },
      200,
    );
    const rows = Array.from({ length: ROWS }, (_, row) => mintSiren(`observability: row ${row}`));
    const file = { body: rows.join("\n"), contentType: "text/csv" };
    const accepted = await this.#expect({ method: "POST", endpoint: BATCH, path: BATCH, ...file }, 202);
    const path = `/api/v2/tasks/${Accepted.parse(accepted).task_id}/status`;
    await this.#expect({ method: "GET", endpoint: "/api/v2/tasks/{id}/status", path }, 200);
    const order = { format: "csv", filter: {} };
    await this.#expect(
      { method: "POST", endpoint: "/api/v2/exports", path: "/api/v2/exports", body: order },
      202,
    );
  }

  async sayWrong(times: number): Promise<void> {
    for (let time = 0; time < times; time++) for (const call of WRONG) await this.#send(call);
  }

  /** At most `perSecond`, in a few lanes of one request at a time, until `stop` or `most` are sent. */
  start({ perSecond, most, company = KNOWN }: Traffic): Running {
    const stopped = new AbortController();
    const sent = { count: 0 };
    const lane = async (): Promise<void> => {
      while (!stopped.signal.aborted && !this.#signal.aborted && sent.count < most) {
        await this.#send(this.#next(sent.count++, company));
        await sleep((LANES * 1_000) / perSecond);
      }
    };
    const lanes = Promise.all(Array.from({ length: LANES }, lane));
    const failed = lanes.then(() => new Promise<never>(() => undefined));
    failed.catch(() => undefined);
    return {
      failed,
      stop: async () => {
        stopped.abort();
        await lanes;
      },
    };
  }

  get sent(): number {
    return [...this.tally.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Answers with a status from 500 on. */
  get failed(): number {
    return [...this.tally].reduce((sum, [key, count]) => sum + (/ 5\d\d$/.test(key) ? count : 0), 0);
  }

  /** Every 24th asks for that company, every 48th for one that nobody asked for yet. */
  #next(index: number, company: string): Call {
    if (index % 24 === 23)
      return { method: "POST", endpoint: ENRICH, path: ENRICH, body: { siren: company } };
    if (index % 48 === 11) {
      const siren = withCheckDigit(String(45_000_000 + this.#sirens++));
      return { method: "POST", endpoint: ENRICH, path: ENRICH, body: { siren, sources: SOURCES } };
    }
    return HEALTHY[index % HEALTHY.length] as Call;
  }

  async #expect(call: Call, status: number): Promise<unknown> {
    const response = await this.#send(call);
    if (response.status === status) return JSON.parse(response.text);
    throw new Error(`${call.method} ${call.path} answers ${response.status}: ${response.text.slice(0, 300)}`);
  }

  async #send(call: Call): Promise<{ status: number; text: string }> {
    const response = await fetch(`${this.#service.url}${call.path}`, {
      method: call.method,
      headers: {
        // A connection that the server closes while it is used again would cost an answer.
        connection: "close",
        authorization: call.authorization ?? `Bearer ${this.#service.apiKey}`,
        ...(call.body !== undefined && { "content-type": call.contentType ?? "application/json" }),
      },
      ...(call.body !== undefined && {
        body: typeof call.body === "string" ? call.body : JSON.stringify(call.body),
      }),
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(60_000)]),
    });
    const text = await response.text();
    const key = `${call.method} ${call.endpoint} ${response.status}`;
    this.tally.set(key, (this.tally.get(key) ?? 0) + 1);
    return { status: response.status, text };
  }
}
