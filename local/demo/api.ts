import { LocalError } from "../local-error.ts";

const TIMEOUT_MS = 120_000;

export interface ApiAccess {
  url: string;
  apiKey: string;
  signal: AbortSignal;
}

/** One request with the key; throws with what the server said when it refuses. */
export async function ask(access: ApiAccess, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${access.apiKey}`);
  const response = await fetch(new URL(path, access.url), {
    ...init,
    headers,
    signal: AbortSignal.any([access.signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  if (response.ok) return response;
  const text = await response.text();
  throw new LocalError(`${init.method ?? "GET"} ${path}: ${response.status} ${text.slice(0, 300)}`);
}
