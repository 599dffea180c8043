import { once } from "node:events";
import net from "node:net";

const READ_BYTES = 64 * 1024;
const BODYLESS = new Set([204, 304]);
const HEAD_END = Buffer.from("\r\n\r\n");

export interface LoadRequest {
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  /** Status line and headers, in lower case. */
  head: string;
  /** Only until the next request on the same connection. */
  body: Buffer;
}

export interface Load {
  port: number;
  /** Connections, each with one request under way. */
  concurrency: number;
  requests: number;
  /** The nth request, ready to send: see `encodeRequest`. */
  request: (index: number) => Buffer;
  /** Throws when an answer is not the one to measure. */
  check: (answer: Answer, index: number) => void;
  signal: AbortSignal;
}

export interface LoadResult {
  requests: number;
  durationMs: number;
  /** One per request, ms, from the last byte given to the kernel to the last byte read. */
  latencies: number[];
}

export function encodeRequest({ method, path, headers, body = "" }: LoadRequest): Buffer {
  const lines = Object.entries({ host: "127.0.0.1", ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (body !== "") lines.push(`content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
}

/** Sends the requests over kept-alive connections; a bare client, so that the machine works for the server. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const latencies: number[] = [];
  const queue = Array.from({ length: load.requests }, (_, index) => index).values();
  const connections = await Promise.all(
    Array.from({ length: Math.min(load.concurrency, load.requests) }, () => connect(load.port, load.signal)),
  );
  const startedAt = performance.now();
  const work = async (connection: Connection): Promise<void> => {
    for (const index of queue) {
      const request = load.request(index);
      const sentAt = performance.now();
      const answer = await connection.exchange(request);
      latencies.push(performance.now() - sentAt);
      load.check(answer, index);
    }
  };
  try {
    await Promise.all(connections.map(work));
  } finally {
    for (const connection of connections) connection.close();
  }
  return { requests: latencies.length, durationMs: performance.now() - startedAt, latencies };
}

/** One request on a connection of its own. */
export async function exchangeOnce(port: number, request: Buffer, signal: AbortSignal): Promise<Answer> {
  const connection = await connect(port, signal);
  try {
    return await connection.exchange(request);
  } finally {
    connection.close();
  }
}

interface Connection {
  exchange(request: Buffer): Promise<Answer>;
  close(): void;
}

async function connect(port: number, signal: AbortSignal): Promise<Connection> {
  const waiting: { current: PromiseWithResolvers<Answer> | null } = { current: null };
  let received = Buffer.alloc(0);
  const fail = (error: unknown): void => waiting.current?.reject(error);
  const read = (chunk: Buffer): void => {
    try {
      const all = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = parseAnswer(all);
      // The chunk lies in the buffer that the next read overwrites.
      received = answer === null ? Buffer.from(all) : Buffer.alloc(0);
      if (answer !== null) waiting.current?.resolve(answer);
    } catch (error) {
      fail(error);
    }
  };
  const socket = net.connect({
    port,
    host: "127.0.0.1",
    noDelay: true,
    signal,
    // One buffer per connection: a new one per read would fill our own latencies with garbage collection.
    onread: {
      buffer: Buffer.alloc(READ_BYTES),
      callback: (size, buffer) => {
        read(Buffer.from(buffer.buffer, buffer.byteOffset, size));
        return true;
      },
    },
  });
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server closed the connection")));
  await once(socket, "connect", { signal });
  return {
    exchange: (request) => {
      waiting.current = Promise.withResolvers();
      socket.write(request);
      return waiting.current.promise;
    },
    close: () => socket.destroy(),
  };
}

/** null: not all there yet. Throws when the answer does not say how long it is. */
function parseAnswer(received: Buffer): Answer | null {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = received.toString("latin1", 0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const at = headEnd + HEAD_END.length;
  const end = at + (BODYLESS.has(status) ? 0 : lengthOf(head));
  return received.length < end ? null : { status, head, body: received.subarray(at, end) };
}

function lengthOf(head: string): number {
  const length = headerOf(head, "content-length");
  if (!/^\d+$/.test(length)) throw new Error(`an answer without a length:\n${head}`);
  return Number(length);
}

/** "" when there is none. */
export function headerOf(head: string, name: string): string {
  const start = head.indexOf(`\r\n${name}: `);
  if (start < 0) return "";
  const from = start + name.length + 4;
  const end = head.indexOf("\r\n", from);
  return head.slice(from, end < 0 ? undefined : end);
}
