import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createSandbox } from "./sandbox.ts";

export interface RunningSandbox {
  url: string;
  stop: () => Promise<void>;
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the sandbox has no TCP port");
  return address.port;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Serves a new sandbox; port 0 takes any free one. Only this machine can reach it unless a host is given. */
export async function startSandbox(options: { port: number; host?: string }): Promise<RunningSandbox> {
  const host = options.host ?? "127.0.0.1";
  const listener = getRequestListener(createSandbox().fetch);
  const server = createServer((request, response) => void listener(request, response));
  await listen(server, options.port, host);
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${portOf(server)}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Delayed answers may be pending for seconds: nobody waits for them any more.
        server.closeAllConnections();
      }),
  };
}
