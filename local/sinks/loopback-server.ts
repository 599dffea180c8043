import { createServer, type IncomingMessage } from "node:http";

export interface LoopbackServer {
  url: string;
  stop: () => Promise<void>;
}

/** What to answer as JSON; null: there is nothing at that address. Throws when the body is not what it should be. */
export type Answer = (request: { method: string; path: string; body: string }) => unknown;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** A server that only this machine can reach; port 0 takes any free one. */
export async function startLoopbackServer(port: number, answer: Answer): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? "/";
      const { status, json } = await bodyOf(request)
        .then((body) => answer({ method: request.method ?? "GET", path, body }))
        .then((found) => ({ status: found === null ? 404 : 200, json: found ?? {} }))
        .catch((error: unknown) => ({ status: 400, json: { error: String(error) } }));
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    })();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no TCP port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
