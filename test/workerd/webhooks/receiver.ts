import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { vi } from "vitest";
import { deliver } from "../../../src/domain/webhooks/deliver.ts";
import type { DeliveryDeps, DeliveryMessage } from "../../../src/domain/webhooks/ports.ts";
import type { WebhookEvent } from "../../../src/domain/webhooks/webhook-event.ts";
import { buildServices } from "../../../src/services.ts";
import { query } from "../../../src/storage/postgres/database.ts";
import { eventInsert } from "../../../src/storage/postgres/webhook-statements.ts";
import { database, type World } from "../../support/world.ts";

export interface Received {
  headers: Record<string, string>;
  body: string;
  redirect: string | undefined;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** What it answers from now on. */
  answer: () => Response | Promise<Response>;
  /** As a receiver would, with the reference library; throws when it would refuse. */
  verify: (secret: string, at?: number) => unknown;
}

const network = globalThis.fetch;
const receivers = new Map<string, Receiver>();

/** A receiver of this test's own, at the edge of the network; all other calls go where they went. */
export function startReceiver(): Receiver {
  const url = `https://receiver-${crypto.randomUUID()}.example.com/hooks?tenant=secret-of-the-query`;
  const receiver: Receiver = {
    url,
    received: [],
    answer: () => new Response(null, { status: 204 }),
    verify: (secret, at = -1) => {
      const { body, headers } = receiver.received.at(at) ?? { body: "", headers: {} };
      return new Webhook(secret).verify(body, headers);
    },
  };
  receivers.set(url, receiver);
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const called = typeof input === "string" ? receivers.get(input) : undefined;
    if (called === undefined) return network(input, init);
    const headers = Object.fromEntries(new Headers(init?.headers));
    const body = typeof init?.body === "string" ? init.body : "";
    called.received.push({ headers, body, redirect: init?.redirect });
    return called.answer();
  });
  return receiver;
}

export interface Hook {
  id: string;
  secret: string;
}

export async function createHook(world: Pick<World, "request">, body: object): Promise<Hook> {
  const response = await world.request("/api/v2/webhooks", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
  return response.json();
}

/** As the end of a task writes it. Gives the deliveries. */
export async function publish(
  world: Pick<World, "organisationId">,
  change: Partial<WebhookEvent> = {},
): Promise<string[]> {
  const event: WebhookEvent = {
    id: `evt_${crypto.randomUUID().replaceAll("-", "")}`,
    organisationId: world.organisationId,
    mode: "live",
    type: "task.completed",
    at: new Date().toISOString(),
    data: { task_id: "tsk_1", note: "é€" },
    ...change,
  };
  const { text, params } = eventInsert(event);
  await query(database(), text, params);
  const rows = await query<{ id: string }>(
    database(),
    "select id from webhook_deliveries where event_id = $1 order by id",
    [event.id],
  );
  return rows.map(({ id }) => id);
}

export interface Bench {
  deps: DeliveryDeps;
  /** What was sent to the queue. */
  sent: { message: DeliveryMessage; delaySeconds: number }[];
  deliver: (id: string) => Promise<void>;
}

/** The Worker's own services, with a clock that this test moves and a queue that keeps what it is given. */
export function buildBench(clock: { now: number }): Bench {
  const { delivery } = buildServices(env).webhooks;
  const sent: Bench["sent"] = [];
  const deps: DeliveryDeps = {
    ...delivery,
    now: () => clock.now,
    random: () => 0,
    queue: {
      send: async (messages, delaySeconds = 0) => {
        sent.push(...messages.map((message) => ({ message, delaySeconds })));
      },
    },
  };
  return { deps, sent, deliver: async (id) => deliver(deps, id) };
}
