import net from "node:net";
import { LocalError } from "./local-error.ts";

const LOOPBACK = "127.0.0.1";

/** A TCP port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

export async function isPortFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch {
    return false;
  }
}

/** The given port when it is free, else an error that names the way out. */
export async function ensurePortFree(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  if (port < 1024) {
    throw new LocalError(`Port ${port} cannot be opened. Take one above 1023: PORT=8787 npm start`);
  }
  throw new LocalError(
    `Port ${port} is already taken by another program. Choose another: PORT=${await nextFreePort(port)} npm start`,
  );
}

/** Reads PORT as a person may have typed it. */
export function parsePort(value: string | undefined, fallback: number): number {
  if (value === undefined || value.trim() === "") return fallback;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new LocalError(`PORT must be a number from 1 to 65535, not "${value}". Example: PORT=8788 npm start`);
}

async function nextFreePort(taken: number): Promise<number> {
  for (let port = taken + 1; port <= Math.min(taken + 50, 65_535); port++) {
    if (await isPortFree(port)) return port;
  }
  return freePort();
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("no TCP address"));
        else resolve(address.port);
      });
    });
  });
}
