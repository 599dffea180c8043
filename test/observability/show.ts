import { setTimeout as sleep } from "node:timers/promises";
import { mintSiren } from "../support/mint-siren.ts";
import { AlertWatch } from "./alert-watch.ts";
import { heldBack } from "./alertmanager-api.ts";
import { eventually } from "./eventually.ts";
import type { Load } from "./load.ts";
import { checkPage, checkScrapes, checkSums } from "./metrics-page.ts";
import type { Monitoring } from "./monitoring.ts";
import type { Programs } from "./programs.ts";
import type { Channel, Receivers } from "./receivers.ts";
import type { Service } from "./service.ts";
import type { Steps } from "./steps.ts";

export interface ShowParts {
  steps: Steps;
  programs: Programs;
  receivers: Receivers;
  service: Service;
  monitoring: Monitoring;
  load: Load;
  signal: AbortSignal;
}

/** Who must hear of what is critical. */
const PAGED: readonly Channel[] = ["pagerduty", "slack"];
/** Of a first scrape that is late on a busy machine: no client's doing. */
const UNREAD = "MetricsMissing";
/** Five minutes by the scale: the heartbeat service would call. */
const SILENT_SECONDS = 15;
/** No company's: every source that is asked for it fails. */
const FAILING = mintSiren("observability: every source fails");

interface Incident {
  title: string;
  alert: string;
  label: readonly [name: string, value: string];
  begin: () => Promise<unknown>;
  end: () => Promise<unknown>;
  /** To be shown while it lasts. */
  meanwhile?: [what: string, show: () => Promise<string>];
  /** To be shown once all were told that it is over, still under traffic. */
  afterwards?: [what: string, show: (over: number) => Promise<string>];
}

/** What there is to see, in its order. */
export class Show {
  readonly #parts: ShowParts;

  constructor(parts: ShowParts) {
    this.#parts = parts;
  }

  async everything(): Promise<void> {
    const { steps } = this.#parts;
    await this.#quiet();
    await this.#incident({
      title: "A company's sources fail",
      alert: "SloBurnFast",
      label: ["slo", "enrich_availability"],
      begin: () => this.#fault({ siren: FAILING, status: 500 }),
      end: () => this.#fault({ siren: FAILING, clear: true }),
    });
    await this.#incident({
      title: "No database",
      alert: "DependencyDown",
      label: ["dependency", "database"],
      begin: () => this.#parts.service.database.leave(),
      end: () => this.#parts.service.database.comeBack(),
      meanwhile: ["one page for all", () => this.#heldBack()],
      afterwards: ["no page after", (over) => this.#nothingAfter(over)],
    });
    await steps.take("The sums, at the end", () => this.#sums());
    await steps.take("Nobody judges: the heartbeat", () => this.#heartbeat());
  }

  /** Healthy traffic, and clients' own mistakes: nobody is woken. */
  async #quiet(): Promise<void> {
    const { steps, load, monitoring, service, programs, signal } = this.#parts;
    await steps.take("The scrape", () => checkScrapes(monitoring.prometheus, signal));
    await steps.take("Load", async () => {
      await load.prepare();
      const traffic = load.start({ perSecond: 40, most: 500 });
      await load.sayWrong(12);
      await sleep(8_000, undefined, { signal });
      await traffic.stop();
      return `${load.sent} requests, ${load.failed} of them answered with a 5xx`;
    });
    await steps.take("The page", () => checkPage(service, programs.promtool));
    await steps.take("The sums", () => this.#sums());
    await steps.take("A dear provider: who was told", () => this.#costs());
    await steps.take("Nobody was paged", () => this.#nobodyPaged());
  }

  /** Under traffic that goes on, from the fault to the word that it is over. */
  async #incident({ title, alert, label, begin, end, meanwhile, afterwards }: Incident): Promise<void> {
    const { steps, load } = this.#parts;
    const watch = this.#watch(alert, label);
    const begun = Date.now() / 1_000;
    await begin();
    const traffic = load.start({ perSecond: 20, most: 3_000, company: FAILING });
    const take = (what: string, show: () => Promise<string>): Promise<string> =>
      steps.take(`${title}: ${what}`, () => Promise.race([show(), traffic.failed]));
    try {
      await take("rule", () => watch.fires(begun, 60_000));
      await take("told", () => watch.reaches(PAGED));
      if (meanwhile !== undefined) await take(...meanwhile);
      await end();
      const over = Date.now() / 1_000;
      await take("mended", () => watch.resolves(60_000));
      await take("told so", () => watch.reachesResolved(PAGED, 45_000));
      if (afterwards !== undefined) await take(afterwards[0], () => afterwards[1](over));
    } finally {
      await traffic.stop();
    }
  }

  /** A credit costs so much here that what was asked for until now is over the limit of a day. */
  async #costs(): Promise<string> {
    const watch = this.#watch("ProviderCostHigh", ["provider", "pappers"]);
    await watch.fires(0, 20_000);
    return watch.reaches(["email", "slack"]);
  }

  /** The objectives burn too, and whoever has been paged for the cause is not paged for them. */
  async #heldBack(): Promise<string> {
    const { monitoring, signal } = this.#parts;
    const wait = { what: "Alertmanager holds a burning objective back", withinMs: 30_000, signal };
    const held = await eventually(wait, async () => {
      const names = await heldBack(monitoring.alertmanagerUrl);
      return names.some((name) => name.startsWith("SloBurnFast")) ? names : null;
    });
    return `${held.length} more alerts held back, ${held.find((name) => name.startsWith("SloBurnFast")) ?? ""} among them`;
  }

  /** The objectives burn until their windows are clean; since `over`, a Unix time, no page says so. */
  async #nothingAfter(over: number): Promise<string> {
    const { monitoring, receivers, signal } = this.#parts;
    const burning = 'ALERTS{alertname=~"SloBurn(Fast|Steady)",alertstate="firing"}';
    const wait = { what: "no objective burns any more", withinMs: 180_000, signal };
    await eventually(wait, async () =>
      (await monitoring.prometheus.query(burning)).length === 0 ? true : null,
    );
    const page = receivers.first(
      "pagerduty",
      over,
      (text) => text.includes("SloBurn") && !text.includes('"event_action":"resolve"'),
    );
    if (page !== null) throw new Error(`PagerDuty was told: ${page.text.slice(0, 300)}`);
    return `no objective burns ${(Date.now() / 1_000 - over).toFixed(0)} s after its end, and no page said so`;
  }

  /** It comes as long as Prometheus lives, and stays away after that: Alertmanager alone does not send it. */
  async #heartbeat(): Promise<string> {
    const { monitoring, receivers, signal } = this.#parts;
    const beats = (): number[] =>
      receivers.notices.filter(({ channel }) => channel === "heartbeat").map(({ at }) => at);
    const before = beats().length;
    // A minute by the scale is three seconds.
    const wait = { what: "the heartbeat comes three times in a row", withinMs: 12_000, signal };
    await eventually(wait, async () => (beats().length >= before + 3 ? true : null));
    await monitoring.stopPrometheus();
    const stopped = Date.now();
    const silence = { what: "the heartbeat stays away", withinMs: 60_000, signal };
    await eventually(silence, async () =>
      Date.now() / 1_000 - (beats().at(-1) ?? 0) > SILENT_SECONDS ? true : null,
    );
    const { ok } = await fetch(`${monitoring.alertmanagerUrl}/-/ready`, { signal });
    if (!ok) throw new Error("Alertmanager is away too");
    const seconds = (beats().at(-1) ?? 0) - stopped / 1_000;
    return `came ${before} times; the last one ${Math.max(0, seconds).toFixed(0)} s after Prometheus had stopped`;
  }

  #watch(alert: string, label: Incident["label"]): AlertWatch {
    const { monitoring, receivers, signal } = this.#parts;
    return new AlertWatch({ prometheus: monitoring.prometheus, receivers, signal }, alert, label);
  }

  #sums(): Promise<string> {
    const { monitoring, load, signal } = this.#parts;
    return checkSums(monitoring.prometheus, load, signal);
  }

  async #nobodyPaged(): Promise<string> {
    const { monitoring, receivers } = this.#parts;
    const firing = await monitoring.prometheus.samples(
      `ALERTS{alertstate="firing",severity="critical",alertname!="${UNREAD}"}[10m]`,
    );
    if (firing.length > 0)
      throw new Error(`these fired: ${firing.map(({ labels }) => labels["alertname"]).join(", ")}`);
    const page = receivers.first("pagerduty", 0, (text) => !text.includes(UNREAD));
    if (page !== null) throw new Error(`PagerDuty was told: ${page.text.slice(0, 300)}`);
    const client = [...this.#parts.load.tally].filter(([key]) => / 4\d\d$/.test(key));
    return `${client.reduce((sum, [, count]) => sum + count, 0)} answers with a 4xx and no page`;
  }

  async #fault(body: object): Promise<void> {
    const url = `${this.#parts.service.sandboxUrl}/__control/faults`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`the sandbox answers ${response.status}: ${await response.text()}`);
  }
}
