import { eventually } from "./eventually.ts";
import type { PrometheusApi } from "./prometheus-api.ts";
import type { Channel, Receivers } from "./receivers.ts";

/** Of a page: the time between the rule firing and each receiver being told. */
const MOST_SECONDS = 30;

interface Watched {
  prometheus: PrometheusApi;
  receivers: Receivers;
  signal: AbortSignal;
}

/** Follows one alert from Prometheus to those who are told. */
export class AlertWatch {
  readonly #name: string;
  readonly #about: string;
  readonly #selector: string;
  readonly #watched: Watched;
  #firedAt = 0;

  /** The one whose label has that value: every notice says it. */
  constructor(watched: Watched, name: string, [label, value]: readonly [label: string, value: string]) {
    this.#watched = watched;
    this.#name = name;
    this.#about = value;
    this.#selector = `ALERTS{alertname="${name}",${label}="${value}",alertstate="firing"}`;
  }

  /** Resolves once the rule fires, with the seconds since `begun`, a Unix time. */
  async fires(begun: number, withinMs: number): Promise<string> {
    const { prometheus, signal } = this.#watched;
    const what = `${this.#selector} fires`;
    this.#firedAt = await eventually({ what, withinMs, signal }, async () => {
      const found = await prometheus.samples(`${this.#selector}[10m]`);
      return found[0]?.at.find((at) => at >= begun) ?? null;
    });
    return `${this.#name} fires after ${(this.#firedAt - begun).toFixed(0)} s`;
  }

  /** Resolves once each channel was told of it, with the seconds that took. Throws after half a minute. */
  async reaches(channels: readonly Channel[]): Promise<string> {
    const told = await Promise.all(channels.map((channel) => this.#told(channel, isFiring(channel))));
    const late = told.filter(({ seconds }) => seconds > MOST_SECONDS);
    const text = told.map(({ channel, seconds }) => `${channel} +${seconds.toFixed(1)} s`).join(", ");
    if (late.length > 0) throw new Error(`later than ${MOST_SECONDS} s: ${text}`);
    return text;
  }

  /** Resolves once Prometheus says that it is over. */
  async resolves(withinMs: number): Promise<string> {
    const { prometheus, signal } = this.#watched;
    const begun = Date.now();
    await eventually({ what: `${this.#name} is over`, withinMs, signal }, async () =>
      (await prometheus.query(this.#selector)).length === 0 ? true : null,
    );
    return `${this.#name} is over after ${((Date.now() - begun) / 1_000).toFixed(0)} s`;
  }

  /** Resolves once each channel was told that it is over. */
  async reachesResolved(channels: readonly Channel[], withinMs: number): Promise<string> {
    const begun = Date.now() / 1_000;
    const told = await Promise.all(
      channels.map((channel) => this.#told(channel, isResolved(channel), withinMs)),
    );
    return told.map(({ channel, at }) => `${channel} +${Math.max(0, at - begun).toFixed(0)} s`).join(", ");
  }

  async #told(
    channel: Channel,
    says: (text: string) => boolean,
    withinMs = (MOST_SECONDS + 10) * 1_000,
  ): Promise<{ channel: Channel; at: number; seconds: number }> {
    const { receivers, signal } = this.#watched;
    const notice = await eventually({ what: `${channel} is told of ${this.#name}`, withinMs, signal }, () =>
      receivers.first(
        channel,
        this.#firedAt,
        (text) => text.includes(this.#name) && text.includes(this.#about) && says(text),
      ),
    );
    return { channel, at: notice.at, seconds: notice.at - this.#firedAt };
  }
}

function isResolved(channel: Channel): (text: string) => boolean {
  if (channel === "pagerduty") return (text) => text.includes('"event_action":"resolve"');
  return (text) => /resolved/i.test(text);
}

function isFiring(channel: Channel): (text: string) => boolean {
  return (text) => !isResolved(channel)(text);
}
