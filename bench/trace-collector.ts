import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface TraceCollector {
  url: string;
  stop(): void;
}

/** Takes traces and forgets them: what making and sending them costs is measured, not what is done with them. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo; // it listens on a port, so that it is no pipe's name
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
