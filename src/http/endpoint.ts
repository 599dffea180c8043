import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import type { AppEnv } from "./app-env.ts";

const UNMATCHED = "unmatched";
/** Paths as the router writes them, as the OpenAPI document does. */
const written = new Map<string, string>();

/** The route that answers, as registered: an address may hold anything. To be asked once routing is done. */
export function endpointOf(context: Context<AppEnv>): string {
  const route = matchedRoutes(context).findLast(({ method }) => method !== "ALL");
  if (route === undefined) return UNMATCHED;
  const known = written.get(route.path);
  if (known !== undefined) return known;
  const path = route.path.replace(/:(\w+)(\{[^}]*\})?/g, "{$1}");
  written.set(route.path, path);
  return path;
}
