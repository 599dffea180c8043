import http from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export type Channel = "slack" | "pagerduty" | "email" | "heartbeat";

export interface Notice {
  channel: Channel;
  /** Unix time in seconds. */
  at: number;
  /** As it came: JSON, or a message with its headers. */
  text: string;
}

const ANSWERS: Record<string, { channel: Channel; status: number; body: string }> = {
  "/slack": { channel: "slack", status: 200, body: "ok" },
  "/heartbeat": { channel: "heartbeat", status: 200, body: "" },
  "/pagerduty": { channel: "pagerduty", status: 202, body: '{"status":"success"}' },
};

/** Stands, on loopback, for Slack, PagerDuty, a heartbeat service and a mail server; keeps all that it is told. */
export class Receivers {
  readonly notices: Notice[] = [];
  readonly #web = http.createServer((request, response) => void this.#answer(request, response));
  readonly #mail = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth: (_auth, _session, done) => done(null, { user: "alertmanager" }),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        this.#keep("email", Buffer.concat(chunks).toString("utf8"));
        done();
      });
    },
  });

  async start(): Promise<void> {
    await Promise.all([listening(this.#web), listening(this.#mail)]);
  }

  /** Of all but mail; the path says which. */
  get webUrl(): string {
    return `http://127.0.0.1:${portOf(this.#web)}`;
  }

  get mailHost(): string {
    return `127.0.0.1:${portOf(this.#mail.server)}`;
  }

  /** The first on `channel` from `since` on that `matches`; null while there is none. */
  first(channel: Channel, since: number, matches: (text: string) => boolean): Notice | null {
    return (
      this.notices.find((one) => one.channel === channel && one.at >= since && matches(one.text)) ?? null
    );
  }

  async stop(): Promise<void> {
    this.#web.closeAllConnections();
    await Promise.all([
      new Promise((resolve) => void this.#web.close(resolve)),
      new Promise<void>((resolve) => {
        this.#mail.close(resolve);
      }),
    ]);
  }

  #keep(channel: Channel, text: string): void {
    this.notices.push({ channel, text, at: Date.now() / 1_000 });
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const text = await readAll(request);
    const answer = ANSWERS[request.url ?? ""];
    if (answer !== undefined) this.#keep(answer.channel, text);
    response.writeHead(answer?.status ?? 404, { "content-type": "application/json" });
    response.end(answer?.body);
  }
}

async function readAll(stream: http.IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += String(chunk);
  return text;
}

async function listening(server: {
  listen(port: number, host: string, done: () => void): unknown;
}): Promise<void> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receivers are not started");
  return address.port;
}
