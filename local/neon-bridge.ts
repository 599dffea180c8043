import http from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";
import { DatabaseError } from "pg";
import { createWebSocketStream, WebSocketServer, type WebSocket } from "ws";
import { z } from "zod";
import { describeError, LocalError } from "./local-error.ts";
import { NeonPools, type PostgresTarget } from "./neon-pools.ts";
import { BatchMode, errorFields, runBatch, runQuery, SqlBody } from "./neon-sql.ts";

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const IDLE_CONNECTION_MS = 10 * 60_000;
const LOOPBACK_NAMES = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

export interface NeonBridgeOptions {
  /** A free one when left out. */
  port?: number;
  /** The direct URL of a Postgres on loopback, or `host:port`. */
  target: string;
}

export interface NeonBridge {
  url: string;
  port: number;
  stop(): Promise<void>;
}

/**
 * Speaks Neon's two protocols in front of a plain Postgres, so that the Worker runs the same driver here as
 * in production: SQL over HTTP (`POST /sql`) and Postgres through a WebSocket (`/v2`).
 */
export async function startNeonBridge(options: NeonBridgeOptions): Promise<NeonBridge> {
  const target = parseTarget(options.target);
  const pools = new NeonPools(target);
  const sockets = new Set<net.Socket>();
  const server = http.createServer((request, response) => void answer(pools, request, response));
  // Node closes idle connections after 5 s, and a client that reuses one at that moment loses its query.
  server.keepAliveTimeout = IDLE_CONNECTION_MS;
  const track = (socket: net.Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  server.on("connection", track);
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY_BYTES });
  server.on("upgrade", (request, socket, head) => {
    if (!isLocalRequest(request) || pathOf(request) !== "/v2") refuseUpgrade(socket);
    else webSockets.handleUpgrade(request, socket, head, (webSocket) => tunnel(webSocket, target, track));
  });
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    stop: async () => {
      const closed = new Promise((resolve) => void server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, pools.close()]);
    },
  };
}

export function parseTarget(target: string): PostgresTarget {
  const url = new URL(target.includes("://") ? target : `postgres://${target}`);
  if (!LOOPBACK_NAMES.has(url.hostname)) {
    throw new LocalError(`The Neon bridge serves a Postgres on this machine only, not ${url.hostname}`);
  }
  return { host: url.hostname, port: Number(url.port || "5432") };
}

function listen(server: http.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no TCP address"));
      else resolve(address.port);
    });
  });
}

/** A web page can make a browser call loopback: it comes with a foreign `Host` or `Origin`. */
function isLocalRequest(request: http.IncomingMessage): boolean {
  const { host, origin } = request.headers;
  return isLoopback(`http://${host ?? ""}`) && (origin === undefined || isLoopback(origin));
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK_NAMES.has(new URL(url).hostname);
}

function pathOf(request: http.IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}

async function answer(
  pools: NeonPools,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const { status, body } = await respond(pools, request).catch(failure);
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

interface Reply {
  status: number;
  body: unknown;
}

async function respond(pools: NeonPools, request: http.IncomingMessage): Promise<Reply> {
  if (!isLocalRequest(request)) return { status: 403, body: { message: "loopback only" } };
  if (request.method !== "POST" || pathOf(request) !== "/sql") {
    return { status: 404, body: { message: "POST /sql, or a WebSocket at /v2" } };
  }
  const connectionString = request.headers["neon-connection-string"];
  if (typeof connectionString !== "string" || !URL.canParse(connectionString)) {
    return { status: 400, body: { message: "Neon-Connection-String is missing or is not a URL" } };
  }
  const body = SqlBody.parse(JSON.parse(await readBody(request)));
  if (!("queries" in body)) {
    return { status: 200, body: await pools.use(connectionString, (client) => runQuery(client, body)) };
  }
  const mode = batchMode(request.headers);
  const results = await pools.use(connectionString, (client) => runBatch(client, body.queries, mode));
  return { status: 200, body: { results } };
}

function batchMode(headers: http.IncomingHttpHeaders): z.infer<typeof BatchMode> {
  return BatchMode.parse({
    isolation: headers["neon-batch-isolation-level"],
    readOnly: headers["neon-batch-read-only"] === "true",
    deferrable: headers["neon-batch-deferrable"] === "true",
  });
}

/** Postgres's own errors and unreadable requests are 400, as the driver expects; a lost database is 502. */
function failure(error: unknown): Reply {
  if (error instanceof DatabaseError) return { status: 400, body: errorFields(error) };
  const unreadable = error instanceof z.ZodError || error instanceof SyntaxError;
  return { status: unreadable ? 400 : 502, body: { message: describeError(error) } };
}

async function readBody(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new SyntaxError("the request is larger than 64 MB");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refuseUpgrade(socket: Duplex): void {
  socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

/** Bytes pass both ways; when one side ends, so does the other. */
function tunnel(webSocket: WebSocket, target: PostgresTarget, track: (socket: net.Socket) => void): void {
  const postgres = net.connect(target.port, target.host);
  track(postgres);
  postgres.setNoDelay(true);
  const stream = createWebSocketStream(webSocket);
  const end = (): void => {
    postgres.destroy();
    stream.destroy();
  };
  postgres.on("error", end);
  stream.on("error", end);
  stream.on("close", end);
  postgres.on("close", () => webSocket.close());
  stream.pipe(postgres).pipe(stream);
}
