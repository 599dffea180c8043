import { vi } from "vitest";
import { z } from "zod";
import { mintAddress, send } from "../../support/world.ts";

export interface Visit {
  /** The route as documented: `GET /api/v2/lists/{id}`. */
  route: string;
  status: number;
  /** Of the problem; null when there is none. */
  code: unknown;
  queries: number;
}

export interface Repetition {
  route: string;
  statement: string;
  times: number;
}

interface Ask {
  /** Values of the path's parameters, in order. */
  ids?: string[];
  query?: string;
  /** Sent as JSON, a text or a form as it is. */
  body?: unknown;
  token?: string | null;
  headers?: Record<string, string>;
}

const Line = z.looseObject({ event: z.string() });
const Problem = z.looseObject({ code: z.string(), errors: z.unknown().optional() });
const Repeated = z.object({ route: z.string(), statement: z.string(), times: z.number() });

function bodyOf(body: unknown): BodyInit | null {
  if (body === undefined) return null;
  return typeof body === "string" || body instanceof FormData ? body : JSON.stringify(body);
}

/** Makes requests one after the other and remembers how each ended and what the log said of its statements. */
export class RouteWalk {
  readonly visits: Visit[] = [];
  readonly repetitions: Repetition[] = [];
  readonly #token: string;
  readonly #address = mintAddress();

  /** `token`: the usual caller's. */
  constructor(token: string) {
    this.#token = token;
    vi.spyOn(console, "log").mockImplementation((text: unknown) => this.#read(String(text)));
  }

  #read(text: string): void {
    if (!text.includes("query_repeated")) return;
    if (Line.parse(JSON.parse(text)).event === "query_repeated")
      this.repetitions.push(Repeated.parse(JSON.parse(text)));
  }

  /** Answers the body. */
  async visit(route: string, ask: Ask = {}): Promise<unknown> {
    const [method = "", pattern = ""] = route.split(" ");
    const ids = [...(ask.ids ?? [])];
    const path = pattern.replace(/\{\w+\}/g, () => ids.shift() ?? "missing");
    const headers = new Headers({ "cf-connecting-ip": this.#address, ...ask.headers });
    const token = ask.token === undefined ? this.#token : ask.token;
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    const body = bodyOf(ask.body);
    if (typeof body === "string" && !headers.has("content-type"))
      headers.set("content-type", "application/json");
    const url = `https://api.test${path}${ask.query ?? ""}`;
    const response = await send(new Request(url, { method, headers, ...(body === null ? {} : { body }) }));
    const queries = Number(response.headers.get("x-db-query-count") ?? Number.NaN);
    if (response.webSocket !== null) response.webSocket.accept();
    response.webSocket?.close();
    const answer = await read(response);
    const { code = null, errors } = Problem.safeParse(answer).data ?? {};
    const { status } = response;
    this.visits.push({ route, status, code: errors ?? code, queries });
    return answer;
  }
}

/** JSON; null for anything else, which is read to its end unless it may have none. */
async function read(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) {
    await response.body?.cancel();
    return null;
  }
  if (/[/+]json/.test(type)) return response.json();
  await response.arrayBuffer();
  return null;
}
