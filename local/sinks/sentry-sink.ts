import { z } from "zod";
import { type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";

const MOST_EVENTS = 1_000;

const Frame = z.object({ function: z.string().optional(), filename: z.string().optional() });

/** The parts of an event that are looked at. */
const Event = z.looseObject({
  event_id: z.string(),
  environment: z.string(),
  release: z.string(),
  tags: z.record(z.string(), z.string()),
  extra: z.record(z.string(), z.unknown()).default({}),
  exception: z.object({
    values: z.array(
      z.object({
        type: z.string(),
        value: z.string(),
        stacktrace: z.object({ frames: z.array(Frame) }).optional(),
      }),
    ),
  }),
});
export type SinkEvent = z.infer<typeof Event>;

const ItemHeader = z.object({ type: z.string() });

/** An envelope is a header and items of two lines each, all JSON. Throws when an event is not as it should be. */
function eventsIn(envelope: string): SinkEvent[] {
  const [, ...lines] = envelope.split("\n");
  return lines.flatMap((line, at) => {
    if (at % 2 !== 0 || line === "") return [];
    const { type } = ItemHeader.parse(JSON.parse(line));
    return type === "event" ? [Event.parse(JSON.parse(lines[at + 1] ?? ""))] : [];
  });
}

export interface SentrySink extends LoopbackServer {
  dsn: string;
}

/**
 * Stands for Sentry: takes envelopes and keeps their events in memory. `GET /events` gives them; with
 * `?request_id=…` those of one request.
 */
export async function startSentrySink(options: { port: number }): Promise<SentrySink> {
  const events: SinkEvent[] = [];
  const server = await startLoopbackServer(options.port, ({ method, path, body }) => {
    const { pathname, searchParams } = new URL(path, "http://sink.invalid");
    if (method === "POST" && pathname === "/api/1/envelope/") {
      events.push(...eventsIn(body));
      events.splice(0, events.length - MOST_EVENTS);
      return {};
    }
    if (pathname !== "/events") return null;
    const wanted = searchParams.get("request_id");
    return { events: events.filter(({ tags }) => wanted === null || tags["request_id"] === wanted) };
  });
  return { ...server, dsn: `${server.url.replace("://", "://local@")}/1` };
}
