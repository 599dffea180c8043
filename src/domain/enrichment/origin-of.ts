import type { Origins } from "./merge-field.ts";

/** Looks up where a fact comes from; a list answers with the origin of its first entry. */
export function originOf(
  origins: Origins,
): (path: string) => { source: string; as_of: string | null } | null {
  return (path) => origins.get(path) ?? origins.get(`${path}.0`) ?? null;
}
