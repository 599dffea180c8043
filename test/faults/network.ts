import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { vi } from "vitest";
import type { Outage, Plan, ProviderFault, ProviderOutage } from "./plan.ts";
import type { Random } from "../../local/sandbox/world/random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export interface ReceivedWebhook {
  id: string;
  body: string;
  /** As the reference library sees it: null, or why it refuses. */
  refusal: string | null;
}

/** An outage once it has begun. */
class Failing<Kind extends Outage> {
  readonly plan: Kind;
  #until: number | null = null;
  #left: number;

  constructor(plan: Kind) {
    this.plan = plan;
    this.#left = plan.calls;
  }

  /** Whether call number `at`, made now, meets it. */
  meets(at: number, now: number): boolean {
    if (at < this.plan.from) return false;
    this.#until ??= now + this.plan.seconds * 1_000;
    if (now < this.#until) return true;
    this.#left -= 1;
    return this.#left >= 0;
  }
}

const LOST = "Network connection lost.";

/** The edge of the network: Postgres, sources and the receiver of webhooks fail here as the plan says, while armed. */
export class FaultyNetwork {
  readonly receiverUrl: string;
  readonly received: ReceivedWebhook[] = [];
  /** Requests that left for a paid source, by SIREN. */
  readonly paidCalls = new Map<string, number>();
  secret = "";
  armed = false;
  readonly #real = globalThis.fetch.bind(globalThis);
  readonly #random: Random;
  readonly #clock: VirtualClock;
  readonly #database: Failing<Outage>[];
  readonly #providers: Failing<ProviderOutage>[];
  readonly #trace: string[];
  #receiverFailures: Plan["receiver"];
  #databaseCalls = 0;
  readonly #providerCalls = new Map<string, number>();
  #active = 0;
  #epoch = 0;

  constructor(plan: Plan, deps: { random: Random; clock: VirtualClock; trace: string[]; name: string }) {
    this.#random = deps.random;
    this.#clock = deps.clock;
    this.#trace = deps.trace;
    this.#database = plan.databaseOutages.map((outage) => new Failing(outage));
    this.#providers = plan.providerOutages.map((outage) => new Failing(outage));
    this.#receiverFailures = { ...plan.receiver };
    this.receiverUrl = `https://receiver-${deps.name}.example.com/hooks`;
  }

  /** Until the mocks are restored. */
  install(): void {
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => this.#counted(input, init));
  }

  /** Evicted objects leave their calls unanswered for ever. */
  forgetActive(): void {
    this.#epoch += 1;
    this.#active = 0;
  }

  /** Once nothing has been under way for a moment. */
  async settled(): Promise<void> {
    for (let quiet = 0, rounds = 0; quiet < 3; rounds++) {
      if (rounds > 5_000) throw new Error(`${this.#active} calls never ended`);
      await this.#clock.pause(2);
      quiet = this.#active === 0 ? quiet + 1 : 0;
    }
  }

  async calm<Value>(work: () => Promise<Value>): Promise<Value> {
    const before = this.armed;
    this.armed = false;
    try {
      return await work();
    } finally {
      this.armed = before;
    }
  }

  async #counted(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const epoch = this.#epoch;
    this.#active += 1;
    try {
      return await this.#answer(input, init);
    } finally {
      if (epoch === this.#epoch) this.#active -= 1;
    }
  }

  async #answer(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const url = input instanceof Request ? input.url : String(input);
    if (url === this.receiverUrl) return this.#receive(init);
    if (url.startsWith(env.NEON_LOCAL_BRIDGE)) return this.#query(async () => this.#real(input, init));
    if (url.startsWith(env.SANDBOX_URL) && !url.includes("/__control/"))
      return this.#ask(new URL(url), async () => this.#real(input, init));
    return this.#real(input, init);
  }

  /** What fails may have happened: whoever asked can't know. */
  async #query(send: () => Promise<Response>): Promise<Response> {
    if (!this.armed) return send();
    const at = this.#databaseCalls++;
    const now = this.#clock.now();
    if (!this.#database.some((outage) => outage.meets(at, now))) return send();
    const happens = this.#random.chance(0.5);
    this.#note(`database call ${at} fails ${happens ? "after" : "before"} it happened`);
    if (happens) await letGo(await send());
    throw new TypeError(LOST);
  }

  async #ask(url: URL, send: () => Promise<Response>): Promise<Response> {
    const source = (url.pathname.split("/")[1] ?? "").replace("-", "_");
    if (source === "pappers") {
      const siren = url.searchParams.get("siren") ?? "";
      this.paidCalls.set(siren, (this.paidCalls.get(siren) ?? 0) + 1);
    }
    if (!this.armed) return send();
    const at = this.#providerCalls.get(source) ?? 0;
    this.#providerCalls.set(source, at + 1);
    const now = this.#clock.now();
    const met = this.#providers.find((one) => one.plan.source === source && one.meets(at, now));
    if (met === undefined) return send();
    this.#note(`${source} call ${at}: ${met.plan.fault}`);
    return this.#failing(met.plan.fault, send);
  }

  async #failing(fault: ProviderFault, send: () => Promise<Response>): Promise<Response> {
    switch (fault) {
      case "503":
        return new Response("maintenance", { status: 503 });
      case "429":
        return new Response("slow down", { status: 429, headers: { "retry-after": "3" } });
      case "malformed":
        await letGo(await send());
        return new Response("<html>", { headers: { "content-type": "text/html" } });
      case "unanswered":
        await letGo(await send());
        break;
      case "lost":
    }
    throw new TypeError(LOST);
  }

  #receive(init?: RequestInit): Response {
    const headers = Object.fromEntries(new Headers(init?.headers));
    const body = typeof init?.body === "string" ? init.body : "";
    let refusal = null;
    try {
      new Webhook(this.secret).verify(body, headers);
    } catch (error) {
      refusal = String(error);
    }
    this.received.push({ id: headers["webhook-id"] ?? "", body, refusal });
    if (this.#receiverFailures.failures <= 0) return new Response(null, { status: 204 });
    this.#receiverFailures.failures -= 1;
    this.#note(`receiver answers ${this.#receiverFailures.status}`);
    if (this.#receiverFailures.status === 0) throw new TypeError(LOST);
    return new Response(null, { status: this.#receiverFailures.status });
  }

  #note(what: string): void {
    this.#trace.push(`${this.#clock.stamp()}   ${what}`);
  }
}

async function letGo(response: Response): Promise<void> {
  await response.body?.cancel();
}
